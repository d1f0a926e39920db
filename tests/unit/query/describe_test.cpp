// SPDX-License-Identifier: MIT
#include "query/describe.hpp"

#include "scene.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;
using namespace std::string_view_literals;

Endpoint described(const Scene& scene, std::uint32_t n) {
    Endpoint endpoint;
    describe(scene.graph(), scene.links(), scene.id(n), endpoint);
    return endpoint;
}

// A server with one accepted and one waiting client, everything known.
std::vector<Fact> a_service() {
    auto listener = listening(nth(1), 77);
    listener.queue_length = 1;
    listener.backlog_limit = 128;
    listener.rx_bytes = 5;
    listener.peer_credentials = Opener{Pid{1}, 0}; // systemd made it
    listener.file = BoundFile{.inode = 9, .linked = true};
    auto end = accepted(nth(2), nth(3), 77);
    end.cookie = Cookie{4097};
    end.rx_bytes = 0;
    end.tx_bytes = 512;
    end.peer_credentials = Opener{Pid{30}, 1000};
    auto client = joined(nth(3), nth(2));
    client.netns = elsewhere;
    client.peer_credentials = Opener{Pid{1}, 0};
    auto waiting = waiting_client(nth(4), nth_embryo(5));
    waiting.peer_credentials = Opener{Pid{1}, 0};
    auto waiting_end = embryo(nth_embryo(5), nth(4), nth(1), 77);
    waiting_end.peer_credentials = Opener{Pid{40}, 1001};
    return {held(nth(1), 10, 3),
            held(nth(2), 10, 4),
            held(nth(3), 30, 5, "client"),
            held(nth(4), 40, 6, "late"),
            listener,
            end,
            client,
            waiting,
            waiting_end,
            lies_at(nth(1), "server\0run\0"sv)};
}

// -- endpoints ----------------------------------------------------------------------------------------------

TEST(Describe, AcceptedEndHasEverythingThatIsKnown) {
    const auto end = described(Scene(a_service()), 2);
    EXPECT_EQ(end.kind, Kind::unix_socket);
    EXPECT_EQ(end.type, EndpointType::stream);
    EXPECT_EQ(end.state, State::connected);
    EXPECT_EQ(end.inode, nth(2).inode);
    EXPECT_EQ(end.cookie, Cookie{4097});
    EXPECT_EQ(end.address, nth(2).address);
    EXPECT_EQ(end.netns, home);
    EXPECT_EQ(end.name, "/run/server");
    EXPECT_EQ(end.name_state, std::nullopt);
    EXPECT_EQ(end.rx_queue, 0U);
    EXPECT_EQ(end.tx_queue, 512U);
    EXPECT_EQ(end.backlog, std::nullopt);
    EXPECT_EQ(end.backlog_limit, std::nullopt);
    ASSERT_EQ(end.holders.size(), 1U);
    EXPECT_EQ(end.holders[0].pid, Pid{10});
    EXPECT_EQ(end.holders[0].fd, 4);
    ASSERT_EQ(end.peers.size(), 1U);
}

TEST(Describe, EdgeNamesTheOtherEndAndItsHolders) {
    const auto end = described(Scene(a_service()), 2);
    ASSERT_EQ(end.peers.size(), 1U);
    const auto& edge = end.peers[0];
    EXPECT_EQ(edge.state, State::connected);
    EXPECT_EQ(edge.method, Method::pointer);
    EXPECT_EQ(edge.inode, nth(3).inode);
    EXPECT_EQ(edge.address, nth(3).address);
    EXPECT_EQ(edge.netns, elsewhere);
    EXPECT_EQ(edge.name, "");
    EXPECT_EQ(edge.note, "");
    ASSERT_EQ(edge.holders.size(), 1U);
    EXPECT_EQ(edge.holders[0].comm, "client");
    EXPECT_EQ(edge.holders[0].pid, Pid{30});
}

TEST(Describe, ListenerHasABacklogAndNoBytes) {
    const auto listener = described(Scene(a_service()), 1);
    EXPECT_EQ(listener.state, State::listening);
    EXPECT_EQ(listener.backlog, 1U);
    EXPECT_EQ(listener.backlog_limit, 128U);
    EXPECT_EQ(listener.rx_queue, std::nullopt);
    EXPECT_EQ(listener.tx_queue, std::nullopt);
    EXPECT_FALSE(listener.listener);
    ASSERT_EQ(listener.peers.size(), 1U);
    EXPECT_EQ(listener.peers[0].state, State::pending);
    EXPECT_EQ(listener.peers[0].inode, nth(4).inode);
    ASSERT_EQ(listener.peers[0].holders.size(), 1U);
    EXPECT_EQ(listener.peers[0].holders[0].comm, "late");
}

TEST(Describe, EmbryoHasNeitherInodeNorHolderNorBytesToSend) {
    const auto waiting = described(Scene(a_service()), 5);
    EXPECT_EQ(waiting.state, State::pending);
    EXPECT_EQ(waiting.inode, std::nullopt);
    EXPECT_EQ(waiting.address, nth(5).address);
    EXPECT_EQ(waiting.tx_queue, std::nullopt);
    EXPECT_TRUE(waiting.holders.empty());
    EXPECT_EQ(waiting.name, "/run/server");
}

TEST(Describe, EdgeToAnEmbryoHasAStateAndNoInode) {
    const auto client = described(Scene(a_service()), 4);
    ASSERT_EQ(client.peers.size(), 1U);
    EXPECT_EQ(client.peers[0].state, State::pending);
    EXPECT_EQ(client.peers[0].inode, std::nullopt);
    EXPECT_EQ(client.peers[0].address, nth(5).address);
    EXPECT_EQ(client.peers[0].name, "/run/server");
}

TEST(Describe, WhatIsNotKnownIsAbsent) {
    SocketFact fact{.source = Source::proc, .socket = {.inode = nth(1).inode}, .type = 1};
    const auto endpoint = described(Scene({fact}, Source::proc), 1);
    EXPECT_EQ(endpoint.address, std::nullopt);
    EXPECT_EQ(endpoint.cookie, std::nullopt);
    EXPECT_EQ(endpoint.rx_queue, std::nullopt);
    EXPECT_EQ(endpoint.tx_queue, std::nullopt);
    EXPECT_EQ(endpoint.backlog, std::nullopt);
    EXPECT_EQ(endpoint.name, "");
    EXPECT_EQ(endpoint.name_state, std::nullopt);
    EXPECT_FALSE(endpoint.opener);
    EXPECT_FALSE(endpoint.listener);
    ASSERT_EQ(endpoint.peers.size(), 1U);
    EXPECT_EQ(endpoint.peers[0].state, State::unknown);
    EXPECT_EQ(endpoint.peers[0].method, Method::inferred);
    EXPECT_FALSE(endpoint.peers[0].note.empty());
    EXPECT_EQ(endpoint.peers[0].address, std::nullopt);
}

TEST(Describe, SocketThatWasNotReadHasTheTypeOfItsDescriptor) {
    auto fact = held(nth(1), 10, 3);
    fact.type = static_cast<std::uint8_t>(EndpointType::seqpacket);
    EXPECT_EQ(described(Scene({fact}), 1).type, EndpointType::seqpacket);
}

TEST(Describe, BytesAndPathThatAWalkToldAreInTheAnswer) {
    auto bound = joined(nth(1), nth(2), EndpointType::seqpacket);
    bound.name = "rel.sock";
    bound.file = BoundFile{.inode = 9, .linked = true};
    const auto other = joined(nth(2), nth(1), EndpointType::seqpacket);
    const Scene scene({bound, other, has_received(nth(1), 7), lies_at(nth(1), "rel.sock\0run\0"sv)});
    EXPECT_EQ(described(scene, 1).rx_queue, 7U);
    EXPECT_EQ(described(scene, 1).name, "/run/rel.sock");
    EXPECT_EQ(described(scene, 2).rx_queue, std::nullopt);
}

TEST(Describe, NameStateComesWithTheName) {
    auto facts = a_service();
    facts.emplace_back(NameFact{nth(1), NameState::replaced, {}});
    const Scene scene(facts);
    EXPECT_EQ(described(scene, 2).name_state, NameState::replaced);
    EXPECT_EQ(described(scene, 3).name_state, std::nullopt);
}

// -- listener and opener --------------------------------------------------------------------------------------

TEST(Describe, ListenerOfAConnectionIsNamedAtBothEndsAndWhileItWaits) {
    const Scene scene(a_service());
    for (const auto n : {2U, 3U, 4U, 5U}) {
        const auto endpoint = described(scene, n);
        ASSERT_TRUE(endpoint.listener) << n;
        EXPECT_EQ(endpoint.listener->inode, nth(1).inode);
        EXPECT_EQ(endpoint.listener->name, "/run/server");
        ASSERT_EQ(endpoint.listener->holders.size(), 1U);
        EXPECT_EQ(endpoint.listener->holders[0].fd, 3);
    }
}

// Each socket carries the credentials of the other end (SO_PEERCRED), a listener its own.
TEST(Describe, OpenerIsWhoConnectedOrListened) {
    const Scene scene(a_service());
    const std::pair<std::uint32_t, Opener> openers[] = {
        {1, {Pid{1}, 0}}, {2, {Pid{1}, 0}}, {3, {Pid{30}, 1000}}, {4, {Pid{40}, 1001}}, {5, {Pid{1}, 0}}};
    for (const auto& [n, expected] : openers) {
        const auto endpoint = described(scene, n);
        ASSERT_TRUE(endpoint.opener) << n;
        EXPECT_EQ(endpoint.opener->pid, expected.pid) << n;
        EXPECT_EQ(endpoint.opener->uid, expected.uid) << n;
    }
}

TEST(Describe, OpenerOfAPairIsItsCreator) {
    auto one = joined(nth(1), nth(2), EndpointType::dgram),
         other = joined(nth(2), nth(1), EndpointType::dgram);
    one.peer_credentials = other.peer_credentials = Opener{Pid{10}, 1000};
    const Scene scene({one, other});
    ASSERT_TRUE(described(scene, 1).opener);
    EXPECT_EQ(described(scene, 2).opener->pid, Pid{10});
}

TEST(Describe, OpenerIsNotGuessedWithoutTheOtherEnd) {
    auto left = survivor(nth(1), nth(2).address);
    left.peer_credentials = Opener{Pid{10}, 1000}; // of the end that is gone
    EXPECT_FALSE(described(Scene({left}), 1).opener);

    auto sender = sending(nth(3), nth(4));
    sender.peer_credentials = Opener{Pid{10}, 1000};
    const Scene datagrams({sender, idle(nth(4), EndpointType::dgram)});
    EXPECT_FALSE(described(datagrams, 3).opener);
    EXPECT_FALSE(described(datagrams, 4).opener);
}

// -- holders --------------------------------------------------------------------------------------------------

TEST(Describe, HolderByDescriptorHasProcessAndThread) {
    const Scene scene({held(nth(1), 10, 3), held_by_thread(nth(1), 10, 11, 0xb000, 4),
                       ExecutableFact{Pid{10}, "/usr/bin/server"}, idle(nth(1))});
    const auto holders = described(scene, 1).holders;
    ASSERT_EQ(holders.size(), 2U);
    EXPECT_EQ(holders[0].via, Via::fd);
    EXPECT_EQ(holders[0].pid, Pid{10});
    EXPECT_EQ(holders[0].tid, std::nullopt);
    EXPECT_EQ(holders[0].fd, 3);
    EXPECT_EQ(holders[0].comm, "server");
    EXPECT_EQ(holders[0].exe, "/usr/bin/server");
    EXPECT_EQ(holders[0].uid, 1000U);
    EXPECT_EQ(holders[0].netns, home);
    EXPECT_EQ(holders[0].carrier, std::nullopt);
    EXPECT_EQ(holders[1].tid, Pid{11});
    EXPECT_EQ(holders[1].fd, 4);
}

TEST(Describe, HolderByRingHasTheDescriptorOfTheRing) {
    const Scene scene({ring(10, 9), idle(nth(1)), RingFileFact{Pid{10}, 9, nth(1).inode}});
    const auto holders = described(scene, 1).holders;
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders[0].via, Via::io_uring);
    EXPECT_EQ(holders[0].pid, Pid{10});
    EXPECT_EQ(holders[0].fd, 9);
}

TEST(Describe, HolderByMessageHasTheCarrierAndNoProcess) {
    const Scene scene({idle(nth(1)), idle(nth(2)), InflightFact{nth(2), nth(1)}});
    const auto endpoint = described(scene, 1);
    EXPECT_EQ(endpoint.state, State::inflight);
    ASSERT_EQ(endpoint.holders.size(), 1U);
    EXPECT_EQ(endpoint.holders[0].via, Via::inflight);
    EXPECT_EQ(endpoint.holders[0].carrier, nth(2).inode);
    EXPECT_EQ(endpoint.holders[0].pid, Pid{});
    EXPECT_EQ(endpoint.holders[0].fd, -1);
}

TEST(Describe, MessageIsAHolderBesidesADescriptor) {
    const Scene scene({idle(nth(1)), held(nth(1), 10, 3), idle(nth(2)), InflightFact{nth(2), nth(1)}});
    const auto endpoint = described(scene, 1);
    EXPECT_EQ(endpoint.state, State::unconnected);
    ASSERT_EQ(endpoint.holders.size(), 2U);
    EXPECT_EQ(endpoint.holders[0].via, Via::fd);
    EXPECT_EQ(endpoint.holders[1].via, Via::inflight);
}

TEST(Describe, OpenSocketWithoutAFileIsHeldByTheKernel) {
    auto fact = idle(nth(1));
    fact.has_file = false;
    const auto endpoint = described(Scene({fact}), 1);
    ASSERT_EQ(endpoint.holders.size(), 1U);
    EXPECT_EQ(endpoint.holders[0].via, Via::kernel);
    EXPECT_EQ(endpoint.holders[0].fd, -1);
}

TEST(Describe, EdgeToAnEndInsideAMessageIsInflight) {
    const Scene scene({joined(nth(1), nth(2)), held(nth(1), 10, 3), joined(nth(2), nth(1)), idle(nth(3)),
                       InflightFact{nth(3), nth(2)}});
    const auto endpoint = described(scene, 1);
    EXPECT_EQ(endpoint.state, State::connected);
    ASSERT_EQ(endpoint.peers.size(), 1U);
    EXPECT_EQ(endpoint.peers[0].state, State::inflight);
    EXPECT_EQ(endpoint.peers[0].inode, nth(2).inode);
    ASSERT_EQ(endpoint.peers[0].holders.size(), 1U);
    EXPECT_EQ(endpoint.peers[0].holders[0].carrier, nth(3).inode);
}

// -- what sock_diag says of an edge -----------------------------------------------------------------------------

TEST(Describe, EdgeIsVerifiedOnlyIfSockDiagWasAsked) {
    const Scene scene({joined(nth(1), nth(2)), joined(nth(2), nth(1))});
    EXPECT_EQ(described(scene, 1).peers.at(0).verified, std::nullopt);
}

TEST(Describe, EdgeThatSockDiagConfirmsIsVerified) {
    const Scene scene({joined(nth(1), nth(2)), joined(nth(2), nth(1)), by_diag(nth(1).inode, nth(2).inode)});
    EXPECT_EQ(described(scene, 1).peers.at(0).verified, true);
    EXPECT_EQ(described(scene, 2).peers.at(0).verified, std::nullopt);
}

TEST(Describe, EdgeThatSockDiagContradictsSaysWhom) {
    const Scene scene({joined(nth(1), nth(2)), joined(nth(2), nth(1)), by_diag(nth(1).inode, Inode{4711}),
                       peer_lost_by_diag(nth(2).inode)});
    const auto named = described(scene, 1).peers.at(0), lost = described(scene, 2).peers.at(0);
    EXPECT_EQ(named.verified, false);
    EXPECT_NE(named.note.find("4711"), std::string::npos) << named.note;
    EXPECT_EQ(lost.verified, false);
    EXPECT_FALSE(lost.note.empty());
}

TEST(Describe, SendersPointerIsVerifiedFromBothEnds) {
    const Scene scene({sending(nth(1), nth(2)), idle(nth(2), EndpointType::dgram),
                       by_diag(nth(1).inode, nth(2).inode, EndpointType::dgram),
                       by_diag(nth(2).inode, {}, EndpointType::dgram)});
    EXPECT_EQ(described(scene, 1).peers.at(0).verified, true);
    EXPECT_EQ(described(scene, 2).peers.at(0).verified, true);
}

// -- the output object ------------------------------------------------------------------------------------------

std::string text_of(const Holder& h) {
    return std::to_string(static_cast<int>(h.via)) + ' ' + std::to_string(number(h.pid)) + ' ' +
           std::to_string(number(h.tid.value_or(Pid{}))) + ' ' + std::to_string(h.fd) + h.comm + h.exe +
           std::to_string(h.uid) + ' ' + std::to_string(number(h.netns)) + ' ' +
           std::to_string(number(h.carrier.value_or(Inode{})));
}

Texts text_of(const Endpoint& e) {
    Texts texts{
        text(e.state) + std::to_string(static_cast<int>(e.type)) + e.name,
        std::to_string(number(e.inode.value_or(Inode{}))) + ' ' +
            std::to_string(number(e.cookie.value_or(Cookie{}))) + ' ' +
            std::to_string(number(e.address.value_or(SockAddress{}))) + ' ' + std::to_string(number(e.netns)),
        std::to_string(e.rx_queue.value_or(99)) + ' ' + std::to_string(e.tx_queue.value_or(99)) + ' ' +
            std::to_string(e.backlog.value_or(99)) + ' ' + std::to_string(e.backlog_limit.value_or(99)),
        e.opener ? std::to_string(number(e.opener->pid)) : "",
        e.listener ? e.listener->name + std::to_string(number(e.listener->inode)) : "",
        e.name_state ? std::to_string(static_cast<int>(*e.name_state)) : ""};
    for (const auto& holder : e.holders)
        texts.push_back(text_of(holder));
    if (e.listener)
        for (const auto& holder : e.listener->holders)
            texts.push_back("listener " + text_of(holder));
    for (const auto& edge : e.peers) {
        texts.push_back(text(edge.state) + std::to_string(static_cast<int>(edge.method)) + edge.name +
                        edge.note + std::to_string(number(edge.inode.value_or(Inode{}))) + ' ' +
                        std::to_string(number(edge.address.value_or(SockAddress{}))) + ' ' +
                        std::to_string(number(edge.netns)) + (edge.verified ? "verified" : ""));
        for (const auto& holder : edge.holders)
            texts.push_back("peer " + text_of(holder));
    }
    return texts;
}

TEST(Describe, NothingIsLeftOfWhatTheOutputHeldBefore) {
    auto facts = a_service();
    auto kernel_held = idle(nth(6), EndpointType::dgram);
    kernel_held.has_file = false;
    facts.insert(facts.end(),
                 {NameFact{nth(1), NameState::unlinked, "/elsewhere"},
                  held_by_thread(nth(1), 10, 11, 0xb000, 8), ExecutableFact{Pid{10}, "/usr/bin/server"},
                  kernel_held, idle(nth(7)), InflightFact{nth(2), nth(7)}, InflightFact{nth(3), nth(7)},
                  survivor(nth(8), nth(9).address), sending(nth(10), nth(6)), sending(nth(11), nth(6)),
                  idle(nth(12)), ring(50, 9, "io"), RingFileFact{Pid{50}, 9, nth(12).inode},
                  by_diag(nth(2).inode, nth(3).inode)});
    const Scene scene(facts);
    constexpr std::uint32_t sockets[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12};
    for (const auto before : sockets)
        for (const auto after : sockets) {
            Endpoint reused;
            describe(scene.graph(), scene.links(), scene.id(before), reused);
            describe(scene.graph(), scene.links(), scene.id(after), reused);
            EXPECT_EQ(text_of(reused), text_of(described(scene, after))) << after << " after " << before;
        }
}

} // namespace
} // namespace otherend::query
