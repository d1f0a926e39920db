// SPDX-License-Identifier: MIT
// The way through relays to the final ends: both directions, cycles, limits, and ends where nobody is known.
#include "wires.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

const Channel& channel(const Path& path, std::size_t at) {
    return std::get<Channel>(path.hops.at(at));
}
const Relay& relay(const Path& path, std::size_t at) {
    return std::get<Relay>(path.hops.at(at));
}

// A program at a pty, socat, a connection, the other socat, its pty, the other program.
Wires serial_line() {
    Wires wires;
    wires.pty(2, 1);
    wires.tcp(3, 1234, 4, 40000);
    wires.pty(5, 6);
    wires.held(1, 10, {3}, "minicom");
    wires.held(2, 20, {5}, "socat");
    wires.held(3, 20, {7}, "socat");
    wires.held(4, 30, {7}, "socat");
    wires.held(5, 30, {5}, "socat");
    wires.held(6, 40, {3}, "device");
    return wires;
}

TEST(Path, VirtualSerialLineIsTheSameFromEachOfItsEnds) {
    const auto wires = serial_line();
    const std::string from_left = "1=2 (20=) 3=4 (30=) 5=6";
    for (const std::uint32_t end : {1, 3, 5})
        EXPECT_EQ(wires.told({end}), from_left) << end;
    for (const std::uint32_t end : {2, 4, 6})
        EXPECT_EQ(wires.told({end}), "6=5 (30=) 4=3 (20=) 2=1") << end;
    EXPECT_EQ(wires.told({1, 2, 3, 4, 5, 6}), from_left) << "once";
}

TEST(Path, TerminalIsToldFromItsSlave) {
    const auto wires = serial_line();
    EXPECT_EQ(wires.told({1, 2}), "1=2 (20=) 3=4 (30=) 5=6");
    EXPECT_EQ(wires.told({2, 1}), "1=2 (20=) 3=4 (30=) 5=6");
    EXPECT_EQ(wires.told({5, 6}), "6=5 (30=) 4=3 (20=) 2=1") << "6 is the slave";
}

TEST(Path, HopsTellProcessDescriptorsAndMethod) {
    auto wires = serial_line();
    wires.apply(model::ContainerFact{
        .pid = Pid{20}, .own_pid = Pid{7}, .container = Container{"docker", "0123", "server1", "debian"}});
    const auto path = wires.paths({1}).paths.at(0);
    EXPECT_EQ(channel(path, 0).method, Method::tty);
    EXPECT_EQ(channel(path, 0).near->kind, Kind::pty);
    EXPECT_EQ(channel(path, 0).near->holders.at(0).comm, "minicom");
    EXPECT_TRUE(channel(path, 0).near->peers.empty());
    EXPECT_EQ(channel(path, 2).method, Method::tuple);
    EXPECT_EQ(channel(path, 2).state, State::connected);
    EXPECT_EQ(relay(path, 1).before.at(0).fd, 5);
    EXPECT_EQ(relay(path, 1).after.at(0).fd, 7);
    EXPECT_EQ(relay(path, 1).after.at(0).pid, Pid{20});
}

TEST(Path, PipelineIsToldInTheDirectionOfItsData) {
    Wires wires;
    wires.pipe(1, 2);
    wires.pipe(3, 4);
    wires.held(1, 10, {1});
    wires.held(2, 20, {0});
    wires.held(3, 20, {1});
    wires.held(4, 30, {0});
    for (const std::uint32_t end : {1, 2, 3, 4})
        EXPECT_EQ(wires.told({end}), "1>2 (20>) 3>4") << end;
}

TEST(Path, PipelineInATerminalIsACycleThroughIt) {
    Wires wires;
    wires.pty(1, 2);
    wires.held(1, 5, {4}, "xterm");
    wires.held(2, 6, {0, 1, 2, 255}, "bash");
    wires.pipe(3, 4);
    wires.held(2, 10, {0, 2});
    wires.held(3, 10, {1});
    wires.held(2, 20, {1, 2});
    wires.held(4, 20, {0});
    EXPECT_EQ(wires.told({1}), "1=2 branches [ (10>) 3>4 cycle] [ (20<)  cycle]");
}

TEST(Path, TerminalWithSeveralHoldersIsOneEnd) {
    Wires wires;
    wires.pty(1, 2);
    wires.held(1, 5, {4}, "sshd");
    wires.held(2, 6, {0, 1, 2, 255}, "bash");
    wires.held(2, 7, {0, 1, 2}, "vi");
    const auto path = wires.paths({2}).paths.at(0);
    EXPECT_EQ(path.front.reason, EndReason::final);
    EXPECT_EQ(channel(path, 0).near->holders.size(), 7U);
}

TEST(Path, LoopOfRelaysEndsWhereItBegan) {
    Wires wires;
    wires.stream(1, 2);
    wires.stream(3, 4);
    wires.held(1, 10, {4});
    wires.held(4, 10, {5});
    wires.held(2, 20, {4});
    wires.held(3, 20, {5});
    const auto path = wires.paths({1}).paths.at(0);
    EXPECT_EQ(wires.told({1}), "{ cycle } 1=2 (20=) 3=4 cycle");
    EXPECT_EQ(path.back.note, "p 10 passes it on to a channel told before");
    EXPECT_EQ(wires.paths({1, 2, 3, 4}).paths.size(), 1U);
}

TEST(Path, OtherHostIsAFinalEndByItsAddress) {
    Wires wires;
    wires.tcp_to_elsewhere(1, 40000, 443);
    wires.held(1, 10, {3});
    EXPECT_EQ(wires.told({1}), "1=:443 remote");
    wires.stream(2, 3);
    wires.held(2, 10, {4});
    wires.held(3, 20, {4});
    EXPECT_EQ(wires.told({3}), "3=2 (10=) 1=:443 remote");
    EXPECT_EQ(wires.told({1}), "3=2 (10=) 1=:443 remote");
}

TEST(Path, UnknownPeerEndsItWithTheReason) {
    Wires wires;
    wires.alone(1, {.state = State::raced, .note = "changed"});
    wires.held(1, 10, {3});
    wires.stream(2, 3);
    wires.held(2, 10, {4});
    wires.held(3, 20, {4});
    EXPECT_EQ(wires.told({3}), "3=2 (10=) 1=? unknown");
    EXPECT_EQ(wires.told({2}), "{ unknown } ?=1 (10=) 2=3");
    const auto path = wires.paths({3}).paths.at(0);
    EXPECT_EQ(path.back.note, "changed");
    EXPECT_EQ(channel(path, 2).state, State::raced);
}

TEST(Path, ClosedEndIsTold) {
    Wires wires;
    wires.alone(1, {.state = State::closed});
    wires.held(1, 10, {3});
    EXPECT_EQ(wires.told({1}), "1=? closed");
}

TEST(Path, EndThatNobodyHoldsIsNoFinalEnd) {
    Wires wires;
    wires.stream(1, 2);
    wires.held(1, 10, {3});
    EXPECT_EQ(wires.told({1}), "1=2 unheld");
    EXPECT_EQ(wires.paths({1}).paths.at(0).back.note, "no process that we can see holds it");
    wires.stream(3, 4);
    wires.apply(model::InflightFact{model::seen::nth(3), model::seen::nth(2)});
    EXPECT_EQ(wires.paths({1}).paths.at(0).back.note, "only a message that nobody has received refers to it");
}

TEST(Path, EndThatWaitsForAcceptIsToldSo) {
    using namespace model;
    using namespace model::seen;
    Graph graph = graph_of({listening(nth(9), 77), waiting_client(nth(1), nth_embryo(2)),
                            embryo(nth_embryo(2), nth(1), nth(9)), held(nth(9), 20, 3), held(nth(1), 10, 3)});
    const Links links(graph);
    const SocketId ends[] = {id_of(graph, nth(1)), id_of(graph, nth(9))};
    const auto paths = paths_through(graph, links, ends);
    ASSERT_EQ(paths.paths.size(), 2U) << "the client's, and the listener's to it";
    const auto& back = paths.paths[0].back;
    EXPECT_EQ(back.reason, EndReason::unheld);
    EXPECT_EQ(back.note, "accept() has not taken it yet");
    EXPECT_EQ(channel(paths.paths[0], 0).state, State::pending);
}

TEST(Path, EndpointsWithoutAChannelAreApart) {
    Wires wires;
    wires.listener(1);
    wires.stream(2, 3);
    wires.held(1, 10, {3});
    wires.held(2, 10, {4});
    const auto paths = wires.paths({1, 2});
    EXPECT_EQ(paths.paths.size(), 1U);
    EXPECT_EQ(paths.apart.size(), 1U);
}

TEST(Path, EndsThatWereAskedForAreNoBranches) {
    Wires wires;
    for (std::uint32_t end = 10; end <= 40; end += 10) {
        wires.stream(end, end + 1);
        wires.held(end, 1, {static_cast<int>(end)});
        wires.held(end + 1, static_cast<int>(end), {3});
    }
    EXPECT_EQ(wires.told({10, 20, 30, 40}), "10=11\n20=21\n30=31\n40=41");
    EXPECT_EQ(wires.told({10}), "11=10 branches [1 holds 20=21] [1 holds 30=31] [1 holds 40=41]");
}

TEST(Path, BranchGoesOnThroughRelaysAndCountsWhatIsBeyond) {
    Wires wires;
    for (std::uint32_t end = 10; end <= 40; end += 10) {
        wires.stream(end, end + 1);
        wires.held(end, 1, {static_cast<int>(end)});
    }
    wires.held(21, 2, {3});
    wires.stream(50, 51);
    wires.held(50, 2, {4});
    for (std::uint32_t end = 60; end <= 80; end += 10) {
        wires.stream(end, end + 1);
        wires.held(end, 3, {static_cast<int>(end)});
    }
    wires.held(51, 3, {4});
    wires.held(11, 5, {5});
    EXPECT_EQ(wires.told({11}, {.branches_at_an_end = 1}),
              "11=10 branches [1 holds 20=21 (2=) 50=51 branches +3] +2");
    EXPECT_EQ(wires.told({11}, {.branches = 0}), "11=10 branches +3");
}

TEST(Path, TooLongAChainIsCut) {
    Wires wires;
    for (std::uint32_t n = 0; n < 10; ++n) {
        wires.stream(2 * n, 2 * n + 1);
        wires.held(2 * n, static_cast<int>(n), {4});
        wires.held(2 * n + 1, static_cast<int>(n + 1), {5});
    }
    EXPECT_EQ(wires.told({0}, {.channels = 3}), "0=1 (1=) 2=3 (2=) 4=5 limit");
}

TEST(Path, DatagramServerHasAPathToEachOfItsSenders) {
    using namespace model;
    using namespace model::seen;
    const Graph graph =
        graph_of({idle(nth(1), EndpointType::dgram), sending(nth(2), nth(1)), sending(nth(3), nth(1)),
                  held(nth(1), 10, 3), held(nth(2), 20, 3), held(nth(3), 30, 3)});
    const Links links(graph);
    const SocketId ends[] = {id_of(graph, nth(1)), id_of(graph, nth(2))};
    EXPECT_EQ(paths_through(graph, links, ends).paths.size(), 2U);
}

} // namespace
} // namespace otherend::query
