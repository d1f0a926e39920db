// SPDX-License-Identifier: MIT
// What changed while we looked, what could not be seen, and what sock_diag and procfs can know: no edge is made up.
#include "query/links.hpp"

#include "scene.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

Inode inode(std::uint32_t n) {
    return nth(n).inode;
}

// -- raced --------------------------------------------------------------------------------------------------

TEST(LinksInDoubt, StalePointerIsRaced) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket}) {
        auto stale = joined(nth(1), nth(2), type);
        stale.peer_is_unix = false;
        const Scene scene({stale, joined(nth(2), nth(1), type)});
        EXPECT_EQ(scene.own(1), "raced: the peer was being replaced");
        EXPECT_EQ(scene.state(1), "raced");
    }
}

TEST(LinksInDoubt, PeerThatNamesSomebodyElseIsRaced) {
    auto other = joined(nth(1), nth(2));
    other.peer_peer = nth(3).address;
    EXPECT_EQ(Scene({other, joined(nth(2), nth(1))}).own(1), "raced: the two ends did not name each other");

    const Scene later({joined(nth(1), nth(2)), joined(nth(2), nth(3)), joined(nth(3), nth(2))});
    EXPECT_EQ(later.own(1), "raced: the two ends did not name each other");
    EXPECT_EQ(later.own(2), "connected -> 3");
}

TEST(LinksInDoubt, PeerWithAnotherInodeIsAnotherSocket) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram}) {
        const Scene scene({joined(nth(1), {nth(2).address, Inode{5}}, type), joined(nth(2), nth(1), type)});
        EXPECT_TRUE(scene.own(1).starts_with("raced: "));
    }
}

TEST(LinksInDoubt, PeerThatWasClosingIsRaced) {
    auto closing = joined(nth(2), nth(1));
    closing.open = false;
    const Scene scene({joined(nth(1), nth(2)), closing});
    EXPECT_EQ(scene.own(1), "raced: the peer was being closed");
}

TEST(LinksInDoubt, PeerThatSawUsCloseIsRaced) {
    const Scene scene({joined(nth(1), nth(2)), survivor(nth(2), nth(1).address)});
    EXPECT_EQ(scene.own(2), "closed");
    EXPECT_TRUE(scene.own(1).starts_with("raced: ")) << scene.own(1);
}

TEST(LinksInDoubt, PeerThatNobodyReportedIsNoEdge) {
    const Scene stream({joined(nth(1), nth(2))});
    EXPECT_TRUE(stream.own(1).starts_with("raced: ") || stream.own(1).starts_with("unknown: "));
    EXPECT_EQ(stream.links().own(stream.id(1)).other, std::nullopt);

    const Scene datagram({sending(nth(1), nth(2))});
    EXPECT_TRUE(datagram.own(1).starts_with("raced: ") || datagram.own(1).starts_with("unknown: "));
    EXPECT_EQ(datagram.links().own(datagram.id(1)).other, std::nullopt);
}

TEST(LinksInDoubt, AddressThatWasReusedJoinsNobodyToTheOldSocket) {
    const SocketRef reused{nth(2).address, Inode{5}};
    const Scene scene(
        {joined(nth(1), nth(2)), joined(nth(2), nth(1)), joined(reused, nth(3)), joined(nth(3), reused)});
    EXPECT_TRUE(scene.own(1).starts_with("raced: "));
    EXPECT_EQ(scene.own(2), "connected -> 3");
    EXPECT_EQ(scene.own(3), "connected -> 2");
}

TEST(LinksInDoubt, EmbryoThatWasAcceptedMeanwhileIsConnected) {
    const Scene scene({listening(nth(3), 77), waiting_client(nth(1), nth_embryo(2)),
                       embryo(nth_embryo(2), nth(1), nth(3), 77), accepted(nth(2), nth(1), 77)});
    EXPECT_EQ(scene.own(1), "connected -> 2");
    EXPECT_EQ(scene.own(2), "connected -> 1");
    EXPECT_EQ(scene.all(3), Texts{});
    EXPECT_EQ(scene.listener(1), 3U);
}

TEST(LinksInDoubt, SocketThatVanishedBeforeTheSecondLookIsRaced) {
    const Scene scene({VisitedFact{.netns = home}, held(nth(1), 10, 3)});
    EXPECT_EQ(scene.own(1), "raced: held at first, not there at the second look");
    EXPECT_EQ(scene.all(1), Texts{"raced: held at first, not there at the second look"});
    EXPECT_TRUE(scene.is_visible(1));
}

TEST(LinksInDoubt, PeerThatVanishedBeforeTheSecondLookIsRaced) {
    auto vanished = held(nth(2), 10, 3);
    vanished.peer = nth(1).address;
    const Scene scene({vanished, joined(nth(1), nth(2)), VisitedFact{.netns = home}});
    EXPECT_TRUE(scene.own(2).starts_with("raced: "));
    EXPECT_TRUE(scene.own(1).starts_with("raced: ")) << scene.own(1);
}

TEST(LinksInDoubt, SocketInANamespaceThatCouldNotBeReadIsUnknown) {
    auto unread = held(nth(1), 10, 3);
    unread.socket_netns = elsewhere;
    const Scene scene({VisitedFact{.netns = home}, unread});
    EXPECT_EQ(scene.own(1), "unknown: its network namespace could not be read");
    EXPECT_EQ(scene.state(1), "unknown");
    EXPECT_TRUE(scene.is_visible(1));
}

TEST(LinksInDoubt, OpenPeerInANamespaceThatCouldNotBeReadIsUnknown) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket}) {
        auto here = joined(nth(1), nth(2), type);
        here.peer_netns = elsewhere;
        EXPECT_EQ(Scene({VisitedFact{.netns = home}, here}).own(1),
                  "unknown: the peer is in a network namespace that could not be read");

        const Scene read({VisitedFact{.netns = home}, VisitedFact{.netns = elsewhere}, here});
        EXPECT_TRUE(read.own(1).starts_with("raced: ")) << read.own(1);

        auto there = joined(nth(2), nth(1), type);
        there.netns = elsewhere; // told by its descriptor alone, or before the pass over its namespace failed
        EXPECT_EQ(Scene({VisitedFact{.netns = home}, here, there}).own(1), "connected -> 2");

        auto left = survivor(nth(1), nth(2).address, type);
        left.peer_netns = elsewhere;
        EXPECT_EQ(Scene({VisitedFact{.netns = home}, left}).own(1), "closed");
    }
}

// -- what belongs into an answer ----------------------------------------------------------------------------

TEST(LinksInDoubt, SocketOnItsWayInOrOutIsNotShown) {
    auto closing = idle(nth_embryo(1)); // neither open, nor in a queue
    closing.open = false;
    EXPECT_FALSE(Scene({closing}).is_visible(1));

    const Scene mentioned({idle(nth(1)), InflightFact{nth(1), nth(2)}});
    EXPECT_TRUE(mentioned.is_visible(1));
    EXPECT_FALSE(mentioned.is_visible(2));

    const Scene reused({idle(nth(1)), idle({nth(1).address, Inode{5}})});
    EXPECT_FALSE(reused.links().is_visible(SocketId{0}));
    EXPECT_TRUE(reused.is_visible(1));
}

TEST(LinksInDoubt, DescriptorsOfOtherFamiliesAreNotShown) {
    const HolderFact of_a_tcp_socket{
        .source = Source::proc, .socket = {.inode = inode(1)}, .pid = Pid{10}, .tid = Pid{10}, .fd = 3};
    for (const auto source : {Source::diag, Source::proc}) {
        const Scene scene({of_a_tcp_socket, by_diag(inode(2), {})}, source);
        EXPECT_FALSE(scene.is_visible(1));
        EXPECT_TRUE(scene.is_visible(2));
    }
}

// -- sock_diag ----------------------------------------------------------------------------------------------

TEST(LinksByDiag, PeersThatNameEachOtherAreConnected) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket}) {
        const Scene scene({by_diag(inode(1), inode(2), type), by_diag(inode(2), inode(1), type)},
                          Source::diag);
        EXPECT_EQ(scene.all(1), Texts{"connected by diag -> 2"});
        EXPECT_EQ(scene.all(2), Texts{"connected by diag -> 1"});
    }
}

TEST(LinksByDiag, PeersThatDoNotNameEachOtherAreRaced) {
    const Scene scene({by_diag(inode(1), inode(2)), by_diag(inode(2), inode(3)), by_diag(inode(3), inode(2)),
                       by_diag(inode(4), inode(5)), peer_lost_by_diag(inode(5))},
                      Source::diag);
    EXPECT_TRUE(scene.own(1).starts_with("raced"));
    EXPECT_EQ(scene.own(2), "connected by diag -> 3");
    EXPECT_TRUE(scene.own(4).starts_with("raced"));
    EXPECT_EQ(scene.own(5), "closed by diag");
}

TEST(LinksByDiag, DatagramServerNamesEverySender) {
    auto server = by_diag(inode(1), {}, EndpointType::dgram);
    server.tcp_state = Socket::tcp_established; // set by the connect() of its senders
    const Scene scene({server, by_diag(inode(2), inode(1), EndpointType::dgram),
                       by_diag(inode(3), inode(1), EndpointType::dgram)},
                      Source::diag);
    EXPECT_EQ(scene.own(1), "unconnected by diag");
    EXPECT_EQ(scene.all(1), (Texts{"connected by diag -> 2", "connected by diag -> 3"}));
    EXPECT_EQ(scene.all(2), Texts{"connected by diag -> 1"});
    EXPECT_EQ(scene.state(1), "connected");
}

TEST(LinksByDiag, ClientInTheQueueOfAListenerIsPending) {
    const Inode waiting[] = {Inode{}, inode(1), inode(2)};
    const Scene scene(
        {listening_by_diag(inode(3), waiting), peer_lost_by_diag(inode(1)), peer_lost_by_diag(inode(2))},
        Source::diag);
    EXPECT_EQ(scene.own(1), "pending by diag -> 3");
    EXPECT_EQ(scene.listener(1), 3U);
    EXPECT_EQ(scene.own(3), "listening");
    EXPECT_EQ(scene.all(3), (Texts{"pending by diag -> 1", "pending by diag -> 2"}));
}

TEST(LinksByDiag, PeerWithoutInodeThatWaitsNowhereIsDead) {
    for (const auto type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket}) {
        const Scene scene({peer_lost_by_diag(inode(1), type)}, Source::diag);
        EXPECT_EQ(scene.all(1), Texts{"closed by diag"});
    }
}

// Before Linux 5.15 the state of a datagram socket is always TCP_CLOSE.
TEST(LinksByDiag, DatagramSocketWithADeadPeerIsClosedInWhateverState) {
    auto fact = peer_lost_by_diag(inode(1), EndpointType::dgram);
    fact.tcp_state = tcp_close;
    EXPECT_EQ(Scene({fact}, Source::diag).all(1), Texts{"closed by diag"});
}

TEST(LinksByDiag, PeerWithoutInodeMayWaitInANamespaceWeMayNotLookInto) {
    const auto lost = peer_lost_by_diag(inode(1));
    const VisitedFact refused{.source = Source::diag, .netns = elsewhere, .refused = true};
    const Scene scene({VisitedFact{Source::diag, home}, refused, lost}, Source::diag);
    EXPECT_EQ(scene.own(1),
              "unknown by diag: the peer has closed, or waits in a network namespace that was not read");
    const Scene read({VisitedFact{Source::diag, home}, VisitedFact{Source::diag, elsewhere}, lost},
                     Source::diag);
    EXPECT_EQ(read.own(1), "closed by diag");
}

TEST(LinksByDiag, PeerInANamespaceThatWasNotReadIsUnknown) {
    const HolderFact holder{
        .source = Source::proc, .socket = {.inode = inode(2)}, .pid = Pid{10}, .tid = Pid{10}, .fd = 3};
    for (const auto& facts : {std::vector<Fact>{by_diag(inode(1), inode(2))},
                              std::vector<Fact>{by_diag(inode(1), inode(2)), holder}}) {
        const Scene scene(facts, Source::diag);
        EXPECT_TRUE(scene.own(1).starts_with("unknown by diag: "));
    }
}

TEST(LinksByDiag, SocketsWithoutPeerListenOrAreUnconnected) {
    const Scene scene({listening_by_diag(inode(1)), by_diag(inode(2), {})}, Source::diag);
    EXPECT_EQ(scene.own(1), "listening");
    EXPECT_EQ(scene.own(2), "unconnected by diag");
    EXPECT_EQ(scene.all(2), Texts{});
}

// -- procfs -------------------------------------------------------------------------------------------------

TEST(LinksByProc, PeersAreUnknownAndListenersListen) {
    auto plain = SocketFact{.source = Source::proc,
                            .socket = {.inode = inode(1)},
                            .type = 1,
                            .tcp_state = Socket::tcp_established};
    auto listener = plain;
    listener.socket = {.inode = inode(2)};
    listener.tcp_state = Socket::tcp_listen;
    const Scene scene({plain, listener}, Source::proc);
    EXPECT_EQ(scene.own(1), "unknown inferred: procfs does not tell the peer");
    EXPECT_EQ(scene.own(2), "listening");
}

} // namespace
} // namespace otherend::query
