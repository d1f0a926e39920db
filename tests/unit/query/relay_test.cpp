// SPDX-License-Identifier: MIT
// Which process relays between which of its ends: each rule of relay.hpp, by what the path makes of it.
#include "relaying.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

TEST_F(Relaying, TwoJoinedEndsAreARelay) {
    stream(10, {4});
    stream(20, {5});
    EXPECT_EQ(wires.told({10}), "21=20 (1=) 10=11");
    EXPECT_EQ(wires.told({20}), "11=10 (1=) 20=21");
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
    EXPECT_EQ(wires.told({10, 11, 20, 21}), "21=20 (1=) 10=11");
}

TEST_F(Relaying, BothEndsOfOneChannelAreNoRelay) {
    wires.stream(10, 20);
    wires.held(10, 1, {4});
    wires.held(20, 1, {5});
    EXPECT_EQ(wires.told({10}), "10=20");
}

TEST_F(Relaying, WhatAProcessWakesItselfWithDoesNotCount) {
    stream(10, {4});
    stream(20, {5});
    wires.stream(30, 31);
    wires.held(30, 1, {6});
    wires.held(31, 1, {7});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
}

TEST_F(Relaying, WhoKeepsTheSlaveOfItsPtyOpenRelaysFromItsMaster) {
    stream(10, {8});
    wires.pty(20, 21);
    wires.held(20, 1, {5});
    wires.held(21, 1, {6});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
    EXPECT_EQ(wires.told({21}), "21=20 (1=) 10=11");
    wires.held(21, 102, {3});
    EXPECT_EQ(wires.told({21}), "21=20 (1=) 10=11");
}

TEST_F(Relaying, ALeakedFarEndDoesNotTakeAwayItsStandardOutput) {
    reads_pipe(10, {0});
    wires.pipe(20, 21);
    wires.held(20, 1, {1});
    wires.held(21, 1, {5});
    wires.held(21, 102, {0});
    EXPECT_EQ(wires.told({11}), "11>10 (1>) 20>21");
}

TEST_F(Relaying, ListenersDatagramsAndEndsOfTheDeadDoNotCount) {
    stream(10, {4});
    stream(20, {5});
    wires.listener(30);
    wires.held(30, 1, {3});
    wires.datagram(40, 41);
    wires.held(40, 1, {6});
    wires.alone(50, {.state = State::closed});
    wires.held(50, 1, {7});
    wires.alone(60, {.state = State::connecting});
    wires.held(60, 1, {8});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
}

TEST_F(Relaying, AnEndOfUnknownStateCounts) {
    stream(10, {4});
    wires.alone(20, {.state = State::unknown, .note = "why"});
    wires.held(20, 1, {5});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=? unknown");
    stream(30, {6});
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=? unknown] [1 holds 30=31]");
}

TEST_F(Relaying, LogsDoNotCount) {
    stream(10, {4});
    stream(20, {1, 2}); // of a service, to journald
    EXPECT_EQ(wires.told({11}), "11=10");
    EXPECT_EQ(wires.told({21}), "21=20");
}

TEST_F(Relaying, OutputOfAContainerIsALog) {
    stream(10, {4});
    writes_pipe(20, {1});
    writes_pipe(30, {2});
    EXPECT_EQ(wires.told({11}), "11=10");
    EXPECT_EQ(wires.told({21}), "20>21");
}

TEST_F(Relaying, StandardErrorNeverCounts) {
    stream(10, {4});
    stream(20, {2});
    writes_pipe(30, {2});
    EXPECT_EQ(wires.told({11}), "11=10");
}

TEST_F(Relaying, OutputIsDataWhereInputIsAnEnd) {
    stream(10, {4});
    reads_pipe(20, {0});
    writes_pipe(30, {1});
    writes_pipe(40, {2});
    EXPECT_EQ(wires.told({21}), "21>20 (1>) 10=11");
    EXPECT_EQ(wires.told({31}), "11=10 (1>) 30>31");
}

// -- the standard side ----------------------------------------------------------------------------------------

TEST_F(Relaying, OneEndAndPipesAsInAPipeline) {
    stream(10, {4});
    reads_pipe(20, {0});
    EXPECT_EQ(wires.told({10}), "21>20 (1>) 10=11");
    writes_pipe(30, {1});
    EXPECT_EQ(wires.told({10}), "11=10 branches [ (1>) 30>31] [ (1<) 20<21]");
    EXPECT_EQ(wires.told({20, 10, 30}), wires.told({10})) << "the fork tells all";
}

TEST_F(Relaying, OneEndAndTheTerminal) {
    stream(10, {4});
    terminal(20, {0, 1, 2, 255});
    EXPECT_EQ(wires.told({21}), "21=20 (1=) 10=11");
}

TEST_F(Relaying, InputFromTheTerminalOutputToAPipe) {
    stream(10, {4});
    terminal(20, {0, 2});
    writes_pipe(30, {1});
    EXPECT_EQ(wires.told({21}), "21=20 (1>) 10=11");
    EXPECT_EQ(wires.told({31}), "11=10 (1>) 30>31");
}

TEST_F(Relaying, TheTerminalItWasStartedInIsNoThirdEnd) {
    wires.pty(10, 11);
    hold(10, {5});
    wires.tcp(20, 5000, 21, 1234);
    hold(20, {6});
    terminal(30, {0, 1, 2});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
    EXPECT_EQ(wires.told({31}), "31=30") << "and ends at the terminal";
}

TEST_F(Relaying, AProgramWithASocketForInputHasItAsASide) {
    stream(10, {0, 1});
    stream(20, {4});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
    stream(30, {5});
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=21] [1 holds 30=31]");
}

TEST_F(Relaying, PipesToAndFromOneProcessAreOneSide) {
    stream(10, {4});
    wires.pipe(20, 21);
    wires.pipe(31, 30);
    wires.held(20, 1, {6});
    wires.held(30, 1, {7});
    wires.held(21, 102, {0});
    wires.held(31, 102, {1});
    EXPECT_EQ(wires.told({21}), "11=10 (1>) 20>21 (102>) 31>30 cycle");
    EXPECT_EQ(wires.told({11}), "11=10 branches [ (1>) 20>21 (102>) 31>30 cycle] [ (1<)  cycle]");
}

// -- pipelines ------------------------------------------------------------------------------------------------

TEST_F(Relaying, StageOfAPipeline) {
    reads_pipe(10, {0});
    writes_pipe(20, {1});
    EXPECT_EQ(wires.told({11}), "11>10 (1>) 20>21");
    EXPECT_EQ(wires.told({21}), "11>10 (1>) 20>21");
}

TEST_F(Relaying, StageOfAPipelineThatComplainsIntoAPipe) {
    reads_pipe(10, {0});
    writes_pipe(20, {1});
    writes_pipe(30, {2});
    terminal(40, {3});
    EXPECT_EQ(wires.told({31}), "30>31");
}

TEST_F(Relaying, StageOfAPipelineInATerminal) {
    reads_pipe(10, {0});
    writes_pipe(20, {1});
    terminal(30, {2});
    EXPECT_EQ(wires.told({11}), "11>10 (1>) 20>21");
    EXPECT_EQ(wires.told({31}), "31=30");
}

TEST_F(Relaying, LastStageWritesToTheTerminal) {
    reads_pipe(10, {0});
    terminal(20, {1, 2});
    EXPECT_EQ(wires.told({11}), "11>10 (1>) 20=21");
}

TEST_F(Relaying, FirstStageReadsTheTerminal) {
    writes_pipe(10, {1});
    terminal(20, {0, 2});
    EXPECT_EQ(wires.told({11}), "21=20 (1>) 10>11");
}

TEST_F(Relaying, TwoOutputsAreBranches) {
    reads_pipe(10, {0});
    writes_pipe(20, {1});
    writes_pipe(30, {3});
    EXPECT_EQ(wires.told({11}), "11>10 branches [1 holds 20>21] [1 holds 30>31]");
}

TEST_F(Relaying, PipesOfAnInteractiveShellAreThoseOfItsJobs) {
    terminal(10, {0, 1, 2, 255});
    reads_pipe(20, {3});
    writes_pipe(30, {4});
    EXPECT_EQ(wires.told({21}), "21>20 branches [1 holds 10=11] [1 holds 30>31]");
}

// -- who must not be called a relay -----------------------------------------------------------------------------

TEST_F(Relaying, TwoClientsOfOneListenerAreNotRelayed) {
    wires.tcp(10, 80, 11, 40001);
    wires.tcp(20, 80, 21, 40002);
    hold(10, {4});
    hold(20, {5});
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=21]");
}

TEST_F(Relaying, TwoConnectionsToOneServerAreNotRelayed) {
    wires.tcp(10, 40001, 11, 5432);
    wires.tcp(20, 40002, 21, 5432);
    hold(10, {4});
    hold(20, {5});
    stream(30, {1, 2});
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=21]");

    Wires local;
    local.stream(10, 11, "/run/db");
    local.stream(20, 21, "/run/db");
    local.held(10, 1, {4});
    local.held(20, 1, {5});
    EXPECT_EQ(local.told({10}), "{ unheld } 11=10 branches [1 holds 20=21 unheld]") << "turned";
}

TEST_F(Relaying, ProgramWithADatabaseAndACacheIsNoRelay) {
    wires.tcp(10, 40001, 11, 5432);
    wires.tcp(20, 40002, 21, 6379);
    hold(10, {4});
    hold(20, {5});
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=21]");
    Wires with_a_bus;
    with_a_bus.stream(10, 11, "/run/bus");
    with_a_bus.tcp(20, 40002, 21, 6379);
    for (const std::uint32_t end : {10, 20})
        with_a_bus.held(end, 1, {static_cast<int>(end)});
    EXPECT_EQ(with_a_bus.told({21}), "{ unheld } 21=20 branches [1 holds 10=11 unheld]");
}

TEST_F(Relaying, ProxyWithOneClientIsARelayAndWithTwoIsNot) {
    wires.listener(90);
    wires.held(90, 1, {3});
    wires.tcp(10, 8080, 11, 40001);
    wires.tcp(20, 50001, 21, 80);
    hold(10, {4});
    hold(20, {5});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");

    wires.tcp(30, 8080, 31, 40002);
    wires.tcp(40, 50002, 41, 80);
    hold(30, {6});
    hold(40, {7});
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=21] [1 holds 30=31] [1 holds 40=41]");
    wires.moved(1, 4, 5);
    wires.moved(1, 5, 4);
    EXPECT_EQ(wires.told({11}), "11=10 (1=!) 20=21");
    EXPECT_EQ(wires.told({31}), "31=30 branches [1 holds 40=41]");
}

TEST_F(Relaying, BusyServerIsNoRelayOfAnyPair) {
    for (std::uint32_t client = 0; client < 50; ++client) {
        wires.tcp(1000 + 2 * client, 80, 1001 + 2 * client, static_cast<std::uint16_t>(40000 + client));
        wires.held(1000 + 2 * client, 1, {static_cast<int>(10 + client)});
        wires.held(1001 + 2 * client, static_cast<int>(200 + client), {3});
    }
    for (std::uint32_t upstream = 10; upstream <= 30; upstream += 10) {
        wires.tcp(upstream, static_cast<std::uint16_t>(50000 + upstream), upstream + 1, 3306);
        hold(upstream, {static_cast<int>(100 + upstream)});
    }
    const auto paths = wires.paths({1001}, {.branches_at_an_end = 5});
    ASSERT_EQ(paths.paths.size(), 1U);
    const auto& back = paths.paths[0].back;
    EXPECT_EQ(paths.paths[0].hops.size(), 1U);
    EXPECT_EQ(back.reason, EndReason::branches);
    EXPECT_EQ(back.branches.size(), 5U);
    EXPECT_EQ(back.cut, 47U);
    for (const auto& branch : back.branches)
        EXPECT_FALSE(branch.relayed);

    wires.moved(1, 10, 110);
    EXPECT_EQ(wires.told({1001}), "1001=1000 (1>!) 10=11");
}

// -- several processes -------------------------------------------------------------------------------------------

TEST_F(Relaying, ProcessesThatShareBothEndsAreOneRelay) {
    stream(10, {4});
    stream(20, {5});
    wires.held(10, 2, {4});
    wires.held(20, 2, {5});
    EXPECT_EQ(wires.told({11}), "11=10 (1+2=) 20=21");
}

TEST_F(Relaying, TheOneThatWasWatchedIsToldFirst) {
    stream(10, {4});
    stream(20, {5});
    wires.held(10, 2, {4});
    wires.held(20, 2, {5});
    wires.moved(2, 4, 5);
    EXPECT_EQ(wires.told({11}), "11=10 (2+1=!) 20=21");
}

TEST_F(Relaying, ParentThatKeptAnEndIsNoBranch) {
    stream(10, {4});
    stream(20, {5});
    wires.held(10, 2, {4});
    for (std::uint32_t end = 30; end <= 50; end += 10) {
        wires.stream(end, end + 1);
        wires.held(end, 2, {static_cast<int>(end)});
        wires.held(end + 1, 103, {static_cast<int>(end)});
    }
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
}

TEST_F(Relaying, SideChannelOfTwoProcessesOfOneJobDoesNotCount) {
    wires.tcp(10, 22, 11, 40001);
    hold(10, {4});
    wires.pty(20, 21);
    hold(20, {8});
    wires.stream(30, 31);
    wires.held(30, 1, {5});
    wires.held(31, 2, {6}); // the monitor, which kept the connection
    wires.held(10, 2, {4});
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
}

TEST_F(Relaying, ACgiProgramTalksToItsServerEvenIfTheServerLeaksAnEnd) {
    wires.stream(10, 11);
    wires.held(10, 1, {0, 1});
    wires.held(11, 2, {6});
    stream(20, {3});
    stream(30, {4});
    wires.held(20, 2, {3}); // leaked
    EXPECT_EQ(wires.told({31}), "31=30 branches [1 holds 10=11] [1 holds 20=21]");
}

} // namespace
} // namespace otherend::query
