// SPDX-License-Identifier: MIT
// How TCP and UDP ends stand to each other: listeners and their queues, what dials, what is left of a connection.
#include "query/inet_links.hpp"

#include "inet.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

HolderFact held_inet(std::uint32_t n, Kind kind, TcpState state) {
    auto fact = held(nth(n), 10, 3);
    fact.kind = kind;
    fact.type = 0;
    fact.tcp_state = static_cast<std::uint8_t>(state);
    return fact;
}

// -- what is left of a connection -----------------------------------------------------------------------------

TEST(InetStates, EndThatIsOnAnotherHostIsConnectedToItsAddress) {
    const Scene scene({tcp(1, "10.0.0.1:5000", "10.0.0.2:80")});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 10.0.0.2:80");
    EXPECT_EQ(scene.state(1), "connected");
    EXPECT_EQ(scene.all(1), Texts{"connected by tuple -> 10.0.0.2:80"});
}

TEST(InetStates, OtherEndWithoutADescriptorHasClosed) {
    const auto client = tcp(1, "10.0.0.1:5000", "10.0.0.1:80", TcpState::close_wait);
    for (const auto state :
         {TcpState::fin_wait1, TcpState::fin_wait2, TcpState::closing, TcpState::time_wait}) {
        const Scene scene({client, unheld(tcp(2, "10.0.0.1:80", "10.0.0.1:5000", state))});
        EXPECT_EQ(scene.own(1), "closed by tuple -> 2");
        EXPECT_EQ(scene.own(2), "closed by tuple -> 1");
        EXPECT_TRUE(scene.is_visible(2));
    }
}

TEST(InetStates, OpenEndElsewhereHasAnotherOtherEndThanOneThatIsOver) {
    const auto over = unheld(tcp(2, "10.0.0.2:80", "10.0.0.1:5000", TcpState::time_wait));
    const Scene scene({tcp(1, "10.0.0.1:5000", "10.0.0.2:80"), in(elsewhere, over)});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 10.0.0.2:80");
    EXPECT_EQ(scene.own(2), "closed by tuple -> 10.0.0.1:5000");
    const auto closed = unheld(tcp(1, "10.0.0.1:5000", "10.0.0.2:80", TcpState::last_ack));
    EXPECT_EQ(Scene({closed, in(elsewhere, over)}).own(1), "closed by tuple -> 2");
}

TEST(InetStates, WhatIsLeftAloneIsClosed) {
    const Scene scene({unheld(tcp(1, "10.0.0.1:5000", "10.0.0.2:80", TcpState::time_wait))});
    EXPECT_EQ(scene.own(1), "closed by tuple -> 10.0.0.2:80");
}

TEST(InetStates, ConnectionWithinAHostThatHasLostItsOtherEndIsClosed) {
    EXPECT_EQ(Scene({tcp(1, "127.0.0.1:5000", "127.0.0.1:80", TcpState::close_wait)}).own(1),
              "closed by tuple -> 127.0.0.1:80");
    EXPECT_EQ(Scene({tcp(1, "10.0.0.1:5000", "10.0.0.1:80", TcpState::fin_wait2)}).own(1),
              "closed by tuple -> 10.0.0.1:80");
    EXPECT_EQ(Scene({tcp(1, "127.0.0.1:5000", "127.0.0.1:80", TcpState::close)}).own(1),
              "closed by tuple -> 127.0.0.1:80");
}

TEST(InetStates, ClosedSocketIsNobodysOtherEnd) {
    const Scene scene({tcp(1, "127.0.0.1:5000", "127.0.0.1:80"),
                       tcp(2, "127.0.0.1:80", "127.0.0.1:5000", TcpState::close)});
    EXPECT_TRUE(scene.own(1).starts_with("unknown")) << scene.own(1);
}

// -- known from a descriptor alone ----------------------------------------------------------------------------

TEST(InetStates, SocketThatNoTableListsIsUnconnected) {
    EXPECT_EQ(Scene({held_inet(1, Kind::tcp, TcpState::close)}).own(1), "unconnected");
    EXPECT_EQ(Scene({held_inet(1, Kind::udp, TcpState::close)}).own(1), "unconnected");
}

TEST(InetStates, SocketThatATableShouldListHasRaced) {
    EXPECT_EQ(Scene({held_inet(1, Kind::tcp, TcpState::established)}).own(1),
              "raced: held at one look, not listed at the other");
    EXPECT_EQ(Scene({held_inet(1, Kind::tcp, TcpState::listen)}).state(1), "raced");
}

// -- listeners ------------------------------------------------------------------------------------------------

TEST(InetStates, ListenerIsTheOneThatTheAcceptedAddressFits) {
    const Scene scene({tcp_listener(0, "0.0.0.0:80"), tcp(1, "10.0.0.1:5000", "10.0.0.1:80"),
                       tcp(2, "10.0.0.1:80", "10.0.0.1:5000")});
    EXPECT_EQ(scene.own(0), "listening");
    EXPECT_EQ(scene.all(0), Texts{});
    EXPECT_EQ(scene.listener(1), 0U);
    EXPECT_EQ(scene.listener(2), 0U);
    EXPECT_EQ(scene.listener(0), std::nullopt);
}

TEST(InetStates, ListenerOnTheAddressGoesBeforeOneOnAll) {
    const auto accepted = tcp(2, "10.0.0.1:80", "10.0.0.9:5000");
    const auto any = tcp_listener(3, "0.0.0.0:80"), own = tcp_listener(4, "10.0.0.1:80"),
               other = tcp_listener(5, "10.0.0.2:80");
    EXPECT_EQ(Scene({accepted, any, own, other}).listener(2), 4U);
    EXPECT_EQ(Scene({accepted, any, other}).listener(2), 3U);
    EXPECT_EQ(Scene({accepted, other}).listener(2), std::nullopt);
}

TEST(InetStates, ListenerOfBothFamiliesTakesIpv4) {
    const auto accepted = tcp(2, "10.0.0.1:80", "10.0.0.9:5000");
    EXPECT_EQ(Scene({accepted, dual_stack_listener(3, "[::]:80")}).listener(2), 3U);
    EXPECT_EQ(Scene({accepted, tcp_listener(3, "[::]:80")}).listener(2), std::nullopt) << "IPV6_V6ONLY";
    const auto of_ipv6 = tcp(2, "[2001:db8::1]:80", "[2001:db8::2]:5000");
    EXPECT_EQ(Scene({of_ipv6, tcp_listener(3, "[::]:80")}).listener(2), 3U);
    EXPECT_EQ(Scene({of_ipv6, tcp_listener(3, "0.0.0.0:80")}).listener(2), std::nullopt);
    const auto dial = tcp(1, "127.0.0.1:5000", "127.0.0.1:80", TcpState::syn_sent);
    EXPECT_EQ(Scene({dial, dual_stack_listener(3, "[::]:80")}).own(1), "connecting inferred -> 3");
}

TEST(InetStates, ListenerOfAnotherNamespaceOrProtocolIsNone) {
    const auto accepted = tcp(2, "10.0.0.1:80", "10.0.0.9:5000");
    EXPECT_EQ(Scene({accepted, in(elsewhere, tcp_listener(3, "0.0.0.0:80"))}).listener(2), std::nullopt);
    EXPECT_EQ(Scene({accepted, udp(3, "0.0.0.0:80")}).listener(2), std::nullopt);
}

TEST(InetStates, ListenersThatShareAPortAreToldApartOnlyByTheKernel) {
    const auto one = tcp_listener(3, "0.0.0.0:80"), two = tcp_listener(4, "0.0.0.0:80");
    auto accepted = tcp(2, "10.0.0.1:80", "10.0.0.9:5000");
    EXPECT_EQ(Scene({one, two, accepted}).listener(2), std::nullopt);
    accepted.listener = nth(4).address;
    EXPECT_EQ(Scene({one, two, accepted}).listener(2), 4U);
    const auto dial = tcp(1, "127.0.0.1:5000", "127.0.0.1:80", TcpState::syn_sent);
    EXPECT_EQ(Scene({one, two, dial}).own(1), "connecting by tuple -> 127.0.0.1:80");
}

TEST(InetStates, AddressOfAListenerThatIsOneNoMoreIsNotFollowed) {
    auto accepted = tcp(2, "10.0.0.1:80", "10.0.0.9:5000");
    accepted.listener = nth(3).address;
    EXPECT_EQ(Scene({accepted, idle(nth(3))}).listener(2), std::nullopt);
    EXPECT_EQ(Scene({accepted}).listener(2), std::nullopt);
}

// -- the queue of a listener ----------------------------------------------------------------------------------

std::vector<Fact> backlog() {
    return {tcp_listener(0, "0.0.0.0:80"), tcp(1, "127.0.0.1:5000", "127.0.0.1:80"),
            unheld(tcp(2, "127.0.0.1:80", "127.0.0.1:5000"), nth(0))};
}

TEST(InetStates, EndInTheQueueIsPending) {
    const Scene scene(backlog());
    EXPECT_EQ(scene.own(1), "pending by tuple -> 2");
    EXPECT_EQ(scene.own(2), "pending by tuple -> 1");
    EXPECT_EQ(scene.all(0), Texts{"pending by tuple -> 1"});
    EXPECT_EQ(scene.listener(1), 0U);
    EXPECT_EQ(scene.listener(2), 0U);
    EXPECT_EQ(scene.state(0), "listening");
}

TEST(InetStates, EndInTheQueueIsKnownByItsStateWhereNothingTellsTheListener) {
    auto facts = backlog();
    facts[2] = unheld(tcp(2, "127.0.0.1:80", "127.0.0.1:5000"));
    EXPECT_EQ(Scene(facts).own(1), "pending by tuple -> 2");
    EXPECT_EQ(Scene(facts).all(0), Texts{"pending by tuple -> 1"});
}

TEST(InetStates, EndInTheQueueWhoseClientHasLeftIsStillPending) {
    const Scene scene({tcp_listener(0, "0.0.0.0:80"),
                       unheld(tcp(2, "10.0.0.1:80", "10.0.0.9:5000", TcpState::close_wait), nth(0))});
    EXPECT_EQ(scene.own(2), "pending by tuple -> 10.0.0.9:5000");
    EXPECT_EQ(scene.all(0), Texts{"pending by tuple -> 10.0.0.9:5000"});
}

TEST(InetStates, EndThatIsTakenFromTheQueueMeanwhileIsConnected) {
    auto facts = backlog();
    facts.push_back(held_inet(2, Kind::tcp, TcpState::established));
    const Scene scene(facts);
    EXPECT_EQ(scene.own(1), "connected by tuple -> 2");
    EXPECT_EQ(scene.all(0), Texts{});
    EXPECT_EQ(scene.listener(1), 0U);
}

// -- what dials -----------------------------------------------------------------------------------------------

TEST(InetStates, DiallerWaitsForTheListenerItWouldReach) {
    const auto listener = tcp_listener(0, "127.0.0.1:80");
    const auto dial = tcp(1, "127.0.0.1:5000", "127.0.0.1:80", TcpState::syn_sent);
    const Scene scene({listener, dial});
    EXPECT_EQ(scene.own(1), "connecting inferred -> 0");
    EXPECT_EQ(scene.all(0), Texts{"connecting inferred -> 1"});
    EXPECT_EQ(scene.listener(1), 0U);
}

TEST(InetStates, DiallerOfAnotherHostWaitsForItsAddress) {
    const Scene scene(
        {tcp_listener(0, "0.0.0.0:80"), tcp(1, "10.0.0.1:5000", "10.0.0.2:80", TcpState::syn_sent)});
    EXPECT_EQ(scene.own(1), "connecting by tuple -> 10.0.0.2:80") << "0.0.0.0 may not be that host";
    EXPECT_EQ(scene.all(0), Texts{});
    const Scene here(
        {tcp_listener(0, "0.0.0.0:80"), tcp(1, "10.0.0.1:5000", "10.0.0.1:80", TcpState::syn_sent)});
    EXPECT_EQ(here.own(1), "connecting inferred -> 0");
    const Scene exact(
        {tcp_listener(0, "10.0.0.2:80"), tcp(1, "10.0.0.1:5000", "10.0.0.2:80", TcpState::syn_sent)});
    EXPECT_EQ(exact.own(1), "connecting inferred -> 0");
}

// The answer to the request is lost, or not there yet: both still dial.
TEST(InetStates, RequestIsTheListenersHalfOfADial) {
    for (const auto state : {TcpState::new_syn_recv, TcpState::syn_recv}) {
        const Scene scene({tcp_listener(0, "127.0.0.1:80"),
                           tcp(1, "127.0.0.1:5000", "127.0.0.1:80", TcpState::syn_sent),
                           unheld(tcp(2, "127.0.0.1:80", "127.0.0.1:5000", state), nth(0))});
        EXPECT_EQ(scene.own(1), "connecting inferred -> 0");
        EXPECT_EQ(scene.own(2), "connecting by tuple -> 1");
        EXPECT_EQ(scene.all(0), Texts{"connecting by tuple -> 1"}) << "once";
    }
}

// TCP_DEFER_ACCEPT: connected for the client, a request for the server until data comes.
TEST(InetStates, RequestMayHaveAConnectedClient) {
    const Scene scene({tcp_listener(0, "127.0.0.1:80"), tcp(1, "127.0.0.1:5000", "127.0.0.1:80"),
                       unheld(tcp(2, "127.0.0.1:80", "127.0.0.1:5000", TcpState::new_syn_recv), nth(0))});
    EXPECT_EQ(scene.own(1), "connecting by tuple -> 2");
    EXPECT_EQ(scene.own(2), "connecting by tuple -> 1");
    EXPECT_EQ(scene.listener(1), 0U);
}

TEST(InetStates, RequestFromAnotherHostDialsFromItsAddress) {
    const Scene scene({tcp_listener(0, "0.0.0.0:80"),
                       unheld(tcp(2, "10.0.0.1:80", "10.0.0.9:5000", TcpState::new_syn_recv), nth(0))});
    EXPECT_EQ(scene.all(0), Texts{"connecting by tuple -> 10.0.0.9:5000"});
}

TEST(InetStates, RequestOfListenersThatShareAPortTellsTheirs) {
    const Scene scene({tcp_listener(3, "0.0.0.0:80"), tcp_listener(4, "0.0.0.0:80"),
                       tcp(1, "127.0.0.1:5000", "127.0.0.1:80", TcpState::syn_sent),
                       unheld(tcp(2, "127.0.0.1:80", "127.0.0.1:5000", TcpState::new_syn_recv), nth(4))});
    EXPECT_EQ(scene.own(1), "connecting by tuple -> 2");
    EXPECT_EQ(scene.listener(1), 4U);
    EXPECT_EQ(scene.all(3), Texts{});
    EXPECT_EQ(scene.all(4), Texts{"connecting by tuple -> 1"});
}

// -- UDP ------------------------------------------------------------------------------------------------------

TEST(InetStates, UdpClientIsJoinedToTheServerOnItsAddress) {
    const Scene scene({udp(0, "127.0.0.1:53"), udp(1, "127.0.0.1:5000", "127.0.0.1:53"),
                       udp(2, "127.0.0.1:5001", "127.0.0.1:53")});
    EXPECT_EQ(scene.own(1), "connected inferred -> 0");
    EXPECT_EQ(scene.own(0), "unconnected");
    EXPECT_EQ(scene.state(0), "connected");
    EXPECT_EQ(scene.all(0), (Texts{"connected inferred -> 1", "connected inferred -> 2"}));
    EXPECT_EQ(scene.listener(1), std::nullopt);
}

TEST(InetStates, UdpServerOnAllAddressesTakesWhatCannotLeave) {
    const auto server = udp(0, "0.0.0.0:53");
    EXPECT_EQ(Scene({server, udp(1, "127.0.0.1:5000", "127.0.0.1:53")}).own(1), "connected inferred -> 0");
    EXPECT_EQ(Scene({server, udp(1, "10.0.0.1:5000", "10.0.0.1:53")}).own(1), "connected inferred -> 0");
    EXPECT_EQ(Scene({server, udp(1, "10.0.0.1:5000", "10.0.0.2:53")}).own(1),
              "connected by tuple -> 10.0.0.2:53");
    EXPECT_EQ(Scene({in(elsewhere, server), udp(1, "127.0.0.1:5000", "127.0.0.1:53")}).own(1),
              "unknown by tuple -> 127.0.0.1:53: no socket of this network namespace has the other end's "
              "address");
    auto of_both = udp(0, "[::]:53");
    of_both.tcp.dual_stack = true;
    EXPECT_EQ(Scene({of_both, udp(1, "127.0.0.1:5000", "127.0.0.1:53")}).own(1), "connected inferred -> 0");
}

TEST(InetStates, UdpServersThatShareAPortAreNotGuessed) {
    const Scene scene({udp(0, "0.0.0.0:53"), udp(3, "0.0.0.0:53"), udp(1, "127.0.0.1:5000", "127.0.0.1:53")});
    EXPECT_EQ(scene.own(1),
              "unknown inferred -> 127.0.0.1:53: several sockets could be it: ino:70000 in netns "
              "4026531840 ino:70003 in netns 4026531840");
    EXPECT_EQ(scene.state(0), "unconnected");
}

TEST(InetStates, UdpSocketsConnectedToEachOtherGoBeforeAServer) {
    const Scene scene({udp(0, "127.0.0.1:53"), udp(1, "127.0.0.1:5000", "127.0.0.1:53"),
                       udp(2, "127.0.0.1:53", "127.0.0.1:5000")});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 2");
    EXPECT_EQ(scene.own(2), "connected by tuple -> 1");
    EXPECT_EQ(scene.all(0), Texts{});
}

} // namespace
} // namespace otherend::query
