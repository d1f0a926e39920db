// SPDX-License-Identifier: MIT
// Each state, and each edge from both of its ends, as the kernel's pointers tell them.
#include "query/links.hpp"

#include "scene.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

constexpr std::uint64_t server_address = 77; // of the unix_address that listener and accepted ends share

// -- joined -------------------------------------------------------------------------------------------------

TEST(Links, BothEndsOfAPairAreConnected) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket}) {
        const Scene scene({joined(nth(1), nth(2), type), joined(nth(2), nth(1), type)});
        EXPECT_EQ(scene.own(1), "connected -> 2");
        EXPECT_EQ(scene.own(2), "connected -> 1");
        EXPECT_EQ(scene.all(1), Texts{"connected -> 2"});
        EXPECT_EQ(scene.all(2), Texts{"connected -> 1"});
        EXPECT_EQ(scene.state(1), "connected");
        EXPECT_EQ(scene.state(2), "connected");
    }
}

TEST(Links, HolderTellsThePeerOfASocketInANamespaceThatCouldNotBeRead) {
    auto unread = held(nth(2), 10, 3);
    unread.peer = nth(1).address;
    unread.socket_netns = elsewhere;
    const Scene scene({VisitedFact{.netns = home}, unread, joined(nth(1), nth(2))});
    EXPECT_EQ(scene.own(1), "connected -> 2");
    EXPECT_EQ(scene.own(2), "connected -> 1");
}

TEST(Links, DescriptorsAloneTellAPairInANamespaceThatCouldNotBeRead) {
    auto one = held(nth(1), 10, 3), other = held(nth(2), 20, 3);
    one.peer = nth(2).address;
    other.peer = nth(1).address;
    one.socket_netns = other.socket_netns = elsewhere;
    const Scene scene({VisitedFact{.netns = home}, one, other});
    EXPECT_EQ(scene.own(1), "connected -> 2");
    EXPECT_EQ(scene.own(2), "connected -> 1");
}

TEST(Links, SocketsWithoutPeerAreUnconnected) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket}) {
        const Scene scene({idle(nth(1), type), held(nth(1), 10, 3)});
        EXPECT_EQ(scene.own(1), "unconnected");
        EXPECT_EQ(scene.all(1), Texts{});
        EXPECT_EQ(scene.state(1), "unconnected");
    }
}

TEST(Links, ListenerListens) {
    const Scene scene({listening(nth(1), server_address)});
    EXPECT_EQ(scene.own(1), "listening");
    EXPECT_EQ(scene.all(1), Texts{});
    EXPECT_EQ(scene.state(1), "listening");
    EXPECT_EQ(scene.listener(1), std::nullopt);
}

TEST(Links, AcceptedConnectionNamesItsListenerAtBothEnds) {
    const Scene scene({listening(nth(3), server_address), joined(nth(1), nth(2)),
                       accepted(nth(2), nth(1), server_address)});
    EXPECT_EQ(scene.own(1), "connected -> 2");
    EXPECT_EQ(scene.own(2), "connected -> 1");
    EXPECT_EQ(scene.listener(1), 3U);
    EXPECT_EQ(scene.listener(2), 3U);
    EXPECT_EQ(scene.all(3), Texts{});
}

TEST(Links, ListenerThatHasClosedIsNotNamed) {
    const Scene scene({joined(nth(1), nth(2)), accepted(nth(2), nth(1), server_address),
                       listening(nth(4), server_address + 1)});
    EXPECT_EQ(scene.own(1), "connected -> 2");
    EXPECT_EQ(scene.listener(1), std::nullopt);
    EXPECT_EQ(scene.listener(2), std::nullopt);
}

TEST(Links, ListenerIsNotGuessedBetweenTwo) {
    const Scene scene({joined(nth(1), nth(2)), accepted(nth(2), nth(1), server_address),
                       listening(nth(3), server_address), listening(nth(4), server_address)});
    EXPECT_EQ(scene.listener(1), std::nullopt);
    EXPECT_EQ(scene.listener(2), std::nullopt);
}

TEST(Links, BoundClientIsNotTakenForAnAcceptedEnd) {
    auto client = joined(nth(1), nth(2));
    client.address_id = server_address + 1;
    client.name = "/run/client";
    const Scene scene({listening(nth(3), server_address), client, accepted(nth(2), nth(1), server_address)});
    EXPECT_EQ(scene.listener(1), 3U);
    EXPECT_EQ(scene.listener(2), 3U);
}

TEST(Links, PairHasNoListener) {
    const Scene scene({joined(nth(1), nth(2)), joined(nth(2), nth(1)), listening(nth(3), 0)});
    EXPECT_EQ(scene.listener(1), std::nullopt);
}

// -- pending ------------------------------------------------------------------------------------------------

void expect_pending(const Scene& scene) {
    EXPECT_EQ(scene.own(1), "pending -> 2");
    EXPECT_EQ(scene.own(2), "pending -> 1");
    EXPECT_EQ(scene.all(3), Texts{"pending -> 1"});
    EXPECT_EQ(scene.state(1), "pending");
    EXPECT_EQ(scene.state(2), "pending");
    EXPECT_EQ(scene.state(3), "listening");
    EXPECT_EQ(scene.listener(1), 3U);
    EXPECT_EQ(scene.listener(2), 3U);
    EXPECT_EQ(scene.listener(3), std::nullopt);
    EXPECT_TRUE(scene.is_visible(2));
}

TEST(Links, ConnectionThatWaitsForAcceptIsPendingForClientEmbryoAndListener) {
    expect_pending(Scene({listening(nth(3), server_address), waiting_client(nth(1), nth_embryo(2)),
                          embryo(nth_embryo(2), nth(1), nth(3), server_address)}));
}

// Before Linux 6.10 the embryo does not name its listener.
TEST(Links, ListenersQueueMayNameTheEmbryo) {
    expect_pending(
        Scene({QueuedFact{{.address = nth(3).address}, nth_embryo(2), {}}, listening(nth(3), server_address),
               waiting_client(nth(1), nth_embryo(2)), embryo(nth_embryo(2), nth(1), {}, server_address)}));
}

TEST(Links, EachClientInTheQueueIsNamedOnce) {
    const QueuedFact queued{{.address = nth(3).address}, nth_embryo(2), {}};
    const Scene scene({queued, queued, listening(nth(3), server_address),
                       waiting_client(nth(1), nth_embryo(2)), waiting_client(nth(4), nth_embryo(5)),
                       embryo(nth_embryo(2), nth(1), {}, server_address),
                       embryo(nth_embryo(5), nth(4), nth(3), server_address)});
    EXPECT_EQ(scene.all(3), (Texts{"pending -> 1", "pending -> 4"}));
}

TEST(Links, ClientThatLeftTheQueueIsClosed) {
    const Scene scene({listening(nth(3), server_address), [] {
                           auto left = embryo(nth_embryo(2), nth(1), nth(3), server_address);
                           left.peer = SocketRef{.address = nth(1).address};
                           left.peer_peer = SockAddress{};
                           left.peer_open = false;
                           return left;
                       }()});
    EXPECT_EQ(scene.own(2), "closed");
    EXPECT_EQ(scene.all(3), Texts{"closed"});
    EXPECT_EQ(scene.listener(2), 3U);
}

TEST(Links, EmbryoThatNobodyDescribedIsNotCalledUnconnected) {
    const Scene scene(
        {listening(nth(3), server_address), QueuedFact{{.address = nth(3).address}, nth_embryo(2), {}}});
    EXPECT_FALSE(scene.is_visible(2)); // it may be anywhere by now
    EXPECT_NE(scene.own(2), "unconnected");
    EXPECT_NE(scene.all(3), Texts{"unconnected"});
}

TEST(Links, ListenerInANamespaceThatCouldNotBeReadIsNamedIfItIsHeld) {
    auto unread = held(nth(3), 10, 3);
    unread.socket_netns = elsewhere;
    const auto client = waiting_client(nth(1), nth_embryo(2));
    const auto waiting = embryo(nth_embryo(2), nth(1), nth(3), server_address);
    const Scene known({unread, client, waiting}), unknown({client, waiting});
    EXPECT_EQ(known.own(1), "pending -> 2");
    EXPECT_EQ(known.own(2), "pending -> 1");
    EXPECT_EQ(known.listener(1), 3U);
    EXPECT_EQ(unknown.own(1), "pending -> 2");
    EXPECT_EQ(unknown.own(2), "pending -> 1");
    EXPECT_EQ(unknown.listener(1), std::nullopt);
}

TEST(Links, EmbryoWaitsForAListenerAndNothingElse) {
    const Scene scene({idle(nth(3)), waiting_client(nth(1), nth_embryo(2)), // 3 took the listener's memory
                       embryo(nth_embryo(2), nth(1), nth(3), server_address)});
    EXPECT_EQ(scene.listener(1), std::nullopt);
    EXPECT_EQ(scene.listener(2), std::nullopt);
    EXPECT_EQ(scene.all(3), Texts{});
}

// -- connecting ---------------------------------------------------------------------------------------------

WaiterFact waiter(std::uint32_t listener, int pid, int tid) {
    return {nth(listener), Pid{pid}, Pid{tid}};
}

BlockedFact blocked(int pid, int tid, int fd) {
    return {Pid{pid}, Pid{tid}, fd};
}

TEST(Links, TaskAsleepInConnectIsConnectingToTheListener) {
    const Scene scene({held(nth(1), 10, 5), held(nth(2), 10, 6), idle(nth(1)), idle(nth(2)),
                       listening(nth(3), server_address), waiter(3, 10, 10), blocked(10, 10, 5)});
    EXPECT_EQ(scene.own(1), "connecting -> 3");
    EXPECT_EQ(scene.all(3), Texts{"connecting -> 1"});
    EXPECT_EQ(scene.state(1), "connecting");
    EXPECT_EQ(scene.state(3), "listening");
    EXPECT_EQ(scene.listener(1), 3U);
    EXPECT_EQ(scene.own(2), "unconnected");
}

TEST(Links, ThreadOfTheGroupMayConnectWhatTheGroupHolds) {
    const Scene scene({held(nth(1), 10, 5), idle(nth(1)), listening(nth(3), server_address),
                       waiter(3, 10, 11), blocked(10, 11, 5)});
    EXPECT_EQ(scene.own(1), "connecting -> 3");
}

TEST(Links, WaiterThatIsNotInConnectJoinsNothing) {
    const Scene scene({held(nth(1), 10, 5), idle(nth(1), EndpointType::dgram),
                       idle(nth(3), EndpointType::dgram), waiter(3, 10, 10)}); // asleep in sendto()
    EXPECT_EQ(scene.own(1), "unconnected");
    EXPECT_EQ(scene.all(3), Texts{});
}

TEST(Links, DescriptorOfAnotherProcessIsNotMeant) {
    const Scene scene({held(nth(1), 20, 5), idle(nth(1)), listening(nth(3), server_address),
                       waiter(3, 10, 10), blocked(10, 10, 5)});
    EXPECT_EQ(scene.own(1), "unconnected");
    EXPECT_EQ(scene.all(3), Texts{});
}

TEST(Links, DescriptorInTheTableOfAnotherThreadIsNotMeant) {
    const Scene scene({held(nth(1), 10, 5), held_by_thread(nth(2), 10, 11, 0xb000, 5),
                       held_by_thread(nth(4), 10, 12, 0xc000, 5), idle(nth(1)), idle(nth(2)), idle(nth(4)),
                       listening(nth(3), server_address), waiter(3, 10, 11), blocked(10, 11, 5)});
    EXPECT_EQ(scene.own(2), "connecting -> 3");
    EXPECT_EQ(scene.own(1), "unconnected");
    EXPECT_EQ(scene.own(4), "unconnected");
    EXPECT_EQ(scene.all(3), Texts{"connecting -> 2"});
}

TEST(Links, ThreadsWithTablesOfTheirOwnConnectTheSameDescriptorNumber) {
    const Scene scene({held_by_thread(nth(1), 10, 11, 0xb000, 5), held_by_thread(nth(2), 10, 12, 0xc000, 5),
                       idle(nth(1)), idle(nth(2)), listening(nth(3), server_address), waiter(3, 10, 11),
                       waiter(3, 10, 12), blocked(10, 11, 5), blocked(10, 12, 5)});
    EXPECT_EQ(scene.own(1), "connecting -> 3");
    EXPECT_EQ(scene.own(2), "connecting -> 3");
    EXPECT_EQ(scene.all(3), (Texts{"connecting -> 1", "connecting -> 2"}));
}

// Their table is reported through thread 11 alone.
TEST(Links, AnyThreadOfADeadLeaderMayConnectWhatTheyShare) {
    const Scene scene({held_by_thread(nth(1), 10, 11, 0xb000, 5), held_by_thread(nth(1), 10, 12, 0xb000, 5),
                       idle(nth(1)), listening(nth(3), server_address), waiter(3, 10, 12),
                       blocked(10, 12, 5)});
    EXPECT_EQ(scene.own(1), "connecting -> 3");
}

// Threads 12 and 13 left the leader's table for one that they share.
TEST(Links, TableThatThreadsShareBesidesTheLeadersIsNotTakenForIt) {
    const Scene scene({held(nth(1), 10, 5), held_by_thread(nth(2), 10, 12, 0xb000, 5),
                       held_by_thread(nth(2), 10, 13, 0xb000, 5), idle(nth(1)), idle(nth(2)),
                       listening(nth(3), server_address), waiter(3, 10, 13), blocked(10, 13, 5)});
    EXPECT_EQ(scene.own(2), "connecting -> 3");
    EXPECT_EQ(scene.own(1), "unconnected");
    EXPECT_EQ(scene.all(3), Texts{"connecting -> 2"});
}

TEST(Links, LeaderConnectsNothingThatOnlyAThreadHolds) {
    const Scene scene({held_by_thread(nth(1), 10, 11, 0xb000, 5), idle(nth(1)),
                       listening(nth(3), server_address), waiter(3, 10, 10), blocked(10, 10, 5)});
    EXPECT_EQ(scene.own(1), "unconnected");
    EXPECT_EQ(scene.all(3), Texts{});
}

TEST(Links, DescriptorThatIsConnectedByNowIsNotConnecting) {
    const Scene scene({held(nth(1), 10, 5), joined(nth(1), nth(2)), accepted(nth(2), nth(1), server_address),
                       listening(nth(3), server_address), waiter(3, 10, 10), blocked(10, 10, 5)});
    EXPECT_EQ(scene.own(1), "connected -> 2");
    EXPECT_EQ(scene.all(3), Texts{});
}

// -- closed and in flight -----------------------------------------------------------------------------------

TEST(Links, SurvivorIsClosed) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket}) {
        const Scene scene({survivor(nth(1), nth(2).address, type)});
        EXPECT_EQ(scene.own(1), "closed");
        EXPECT_EQ(scene.all(1), Texts{"closed"});
        EXPECT_EQ(scene.state(1), "closed");
        EXPECT_EQ(scene.listener(1), std::nullopt);
    }
}

TEST(Links, SocketInsideAMessageOnlyIsInflight) {
    const Scene scene({joined(nth(1), nth(2)), joined(nth(2), nth(1)), held(nth(2), 10, 3), idle(nth(4)),
                       idle(nth(5)), InflightFact{nth(4), nth(1)}, InflightFact{nth(5), nth(1)},
                       InflightFact{nth(4), nth(1)}});
    EXPECT_EQ(scene.state(1), "inflight");
    EXPECT_EQ(scene.own(1), "connected -> 2");
    EXPECT_EQ(scene.state(2), "connected");
    EXPECT_EQ(scene.links().carriers_of(scene.id(1)), (std::vector{scene.id(4), scene.id(5)}));
    EXPECT_TRUE(scene.links().carriers_of(scene.id(2)).empty());
    EXPECT_TRUE(scene.is_visible(1));
    EXPECT_FALSE(scene.links().has_holder(scene.id(1)));
    EXPECT_TRUE(scene.links().has_holder(scene.id(2)));
}

TEST(Links, SocketInsideAMessageThatIsHeldAsWellIsNotInflight) {
    const Scene scene({idle(nth(1)), held(nth(1), 10, 3), idle(nth(4)), InflightFact{nth(4), nth(1)}});
    EXPECT_EQ(scene.state(1), "unconnected");
}

TEST(Links, SocketThatTheKernelHoldsIsNotInflight) {
    auto fact = idle(nth(1));
    fact.has_file = false;
    EXPECT_EQ(Scene({fact}).state(1), "unconnected");
}

// -- datagrams ----------------------------------------------------------------------------------------------

TEST(Links, DatagramServerNamesEverySender) {
    const Scene scene({idle(nth(1), EndpointType::dgram), sending(nth(2), nth(1)), sending(nth(3), nth(1)),
                       sending(nth(4), nth(1))});
    EXPECT_EQ(scene.own(1), "unconnected");
    EXPECT_EQ(scene.state(1), "connected");
    EXPECT_EQ(scene.all(1), (Texts{"connected -> 2", "connected -> 3", "connected -> 4"}));
    for (const auto sender : {2U, 3U, 4U})
        EXPECT_EQ(scene.all(sender), Texts{"connected -> 1"});
    EXPECT_EQ(scene.listener(2), std::nullopt);
}

TEST(Links, MutualDatagramSocketsAreOneEdgeFromEachSide) {
    const Scene scene({joined(nth(1), nth(2), EndpointType::dgram),
                       joined(nth(2), nth(1), EndpointType::dgram), sending(nth(3), nth(1))});
    EXPECT_EQ(scene.all(1), (Texts{"connected -> 2", "connected -> 3"}));
    EXPECT_EQ(scene.all(2), Texts{"connected -> 1"});
    EXPECT_EQ(scene.all(3), Texts{"connected -> 1"});
}

TEST(Links, ChainOfDatagramSocketsIsToldAtEachOfThem) {
    const Scene scene({sending(nth(1), nth(2)), sending(nth(2), nth(3)), idle(nth(3), EndpointType::dgram)});
    EXPECT_EQ(scene.all(1), Texts{"connected -> 2"});
    EXPECT_EQ(scene.all(2), (Texts{"connected -> 3", "connected -> 1"}));
    EXPECT_EQ(scene.all(3), Texts{"connected -> 2"});
}

TEST(Links, DatagramSocketConnectedToItselfIsOneEdge) {
    const Scene scene({joined(nth(1), nth(1), EndpointType::dgram)});
    EXPECT_EQ(scene.all(1), Texts{"connected -> 1"});
}

TEST(Links, SenderWhoseServerClosedNamesNobody) {
    const Scene scene(
        {idle(nth(1), EndpointType::dgram), survivor(nth(2), nth(3).address, EndpointType::dgram)});
    EXPECT_EQ(scene.all(2), Texts{"closed"});
    EXPECT_EQ(scene.all(1), Texts{});
    EXPECT_EQ(scene.state(1), "unconnected");
}

TEST(Links, ServerIsConnectedOnlyIfSomebodyIs) {
    auto stale = sending(nth(2), nth(1));
    stale.peer_is_unix = false;
    const Scene scene({idle(nth(1), EndpointType::dgram), stale});
    EXPECT_EQ(scene.all(1), Texts{});
    EXPECT_EQ(scene.state(1), "unconnected");
}

} // namespace
} // namespace otherend::query
