// SPDX-License-Identifier: MIT
// What the graph makes of several sources, of facts in any order, and of what could not be seen.
#include "model/graph.hpp"

#include "seen.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace otherend::model {
namespace {

using namespace seen;

// -- order --------------------------------------------------------------------------------------------------

std::string ref_text(const Graph& graph, SocketId id) {
    return std::to_string(number(graph[id].self.address)) + '#' +
           std::to_string(number(graph[id].self.inode));
}

// What the graph knows, without the order in which it learnt it.
std::set<std::string> knowledge(const Graph& graph) {
    std::set<std::string> lines;
    graph.for_each_socket([&](SocketId id, const Socket& s) {
        auto line = ref_text(graph, id) + " -> " + std::to_string(number(s.peer.address)) + " of " +
                    std::to_string(number(s.listener)) + (s.open ? " open" : "") + (s.gone ? " gone" : "") +
                    (s.reported ? " reported" : "") + ' ' + std::to_string(number(s.netns));
        std::multiset<std::string> holders;
        graph.for_each_holder(s, [&](const HolderEntry& h) {
            holders.insert(std::to_string(number(graph.process(h.process).pid)) + '/' + std::to_string(h.fd));
        });
        for (const auto& holder : holders)
            line += ' ' + holder;
        lines.insert(line + (graph.name_of(s) ? graph.name_of(s)->best() : ""));
    });
    for (const auto& flight : graph.flights())
        lines.insert(ref_text(graph, flight.socket) + " in " + ref_text(graph, flight.carrier));
    for (const auto& waiting : graph.connecting())
        lines.insert(std::to_string(number(waiting.tid)) + " waits for " + ref_text(graph, waiting.listener));
    return lines;
}

TEST(Sources, ConnectionWithoutAnInodeIsOneHoweverOftenItsTableIsRead) {
    Graph graph(Source::diag);
    InetFact waits{.source = Source::diag,
                   .netns = home,
                   .local = {.port = 40000},
                   .remote = IpEndpoint{.port = 3306},
                   .tcp = {.state = TcpState::time_wait}};
    auto other = waits;
    other.local.port = 40001;
    auto far_away = waits;
    far_away.netns = elsewhere;
    for (int look = 0; look < 2; ++look)
        for (const auto& fact : {waits, other, far_away})
            graph.apply(fact);
    std::size_t count = 0;
    graph.for_each_socket([&](SocketId, const Socket&) { ++count; });
    EXPECT_EQ(count, 3U);
}

TEST(Sources, FactsOfASnapshotMayComeInAnyOrder) {
    const std::array<Fact, 7> facts{
        held(nth(1), 10, 3),
        held(nth(1), 20, 3),
        waiting_client(nth(1), nth_embryo(2)),
        embryo(nth_embryo(2), nth(1), {}),
        QueuedFact{{.address = nth(3).address}, nth_embryo(2), {}},
        listening(nth(3), 77),
        InflightFact{nth(1), nth(3)},
    };
    std::array<std::size_t, 7> order{0, 1, 2, 3, 4, 5, 6};
    const auto expected = knowledge(graph_of({facts.begin(), facts.end()}));
    EXPECT_EQ(expected.size(), 4U);
    do {
        Graph graph;
        for (const auto i : order)
            graph.apply(facts[i]);
        ASSERT_EQ(knowledge(graph), expected) << testing::PrintToString(order);
    } while (std::ranges::next_permutation(order).found);
}

TEST(Sources, WaitingTaskMayComeBeforeItsListener) {
    const WaiterFact waiter{nth(1), Pid{10}, Pid{11}};
    const auto expected = knowledge(graph_of({listening(nth(1), 77), waiter}));
    EXPECT_EQ(expected.size(), 2U);
    EXPECT_EQ(knowledge(graph_of({waiter, listening(nth(1), 77)})), expected);
}

// -- sock_diag, alone or besides BPF ------------------------------------------------------------------------

TEST(Sources, SockDiagAloneMakesAGraphOfInodes) {
    auto fact = by_diag(Inode{7}, Inode{8});
    fact.cookie = Cookie{9};
    const auto graph = graph_of({HolderFact{.source = Source::proc,
                                            .socket = {.inode = Inode{7}},
                                            .pid = Pid{10},
                                            .tid = Pid{10},
                                            .fd = 3,
                                            .comm = "server"},
                                 fact},
                                Source::diag);
    EXPECT_EQ(graph.primary(), Source::diag);
    EXPECT_EQ(graph.size(), 1U);
    const auto& socket = at(graph, {.inode = Inode{7}});
    EXPECT_EQ(socket.source, Source::diag);
    EXPECT_EQ(socket.peer, (SocketRef{.inode = Inode{8}}));
    EXPECT_EQ(socket.cookie, Cookie{9});
    EXPECT_TRUE(socket.open);
    EXPECT_NE(socket.first_holder, none);
}

TEST(Sources, SockDiagTellsAPeerWithoutInodeFromNoPeer) {
    const auto graph = graph_of({peer_lost_by_diag(Inode{7}), by_diag(Inode{8}, {})}, Source::diag);
    EXPECT_TRUE(at(graph, {.inode = Inode{7}}).peer_lost);
    EXPECT_FALSE(at(graph, {.inode = Inode{8}}).peer_lost);
}

TEST(Sources, SockDiagBesidesBpfAddsWhatItAloneKnowsAndChangesNothingElse) {
    auto known = joined(nth(1), nth(2));
    known.cookie = Cookie{1};
    auto second = by_diag(nth(1).inode, Inode{99});
    second.cookie = Cookie{9};
    second.rx_bytes = 100;
    second.netns = elsewhere;
    second.tcp_state = tcp_close;
    second.name = "/other";
    const auto graph = graph_of({known, second});
    EXPECT_EQ(graph.size(), 1U);
    const auto& socket = at(graph, nth(1));
    EXPECT_EQ(socket.cookie, Cookie{9});
    EXPECT_EQ(socket.rx_bytes, 100U);
    EXPECT_TRUE(socket.has_rx);
    EXPECT_EQ(socket.source, Source::bpf);
    EXPECT_EQ(socket.peer, nth(2));
    EXPECT_EQ(socket.netns, home);
    EXPECT_EQ(socket.tcp_state, Socket::tcp_established);
    EXPECT_EQ(graph.name_of(socket), nullptr);
    EXPECT_EQ(graph.diag_peer(id_of(graph, nth(1))), Inode{99}); // kept apart, to be compared
}

TEST(Sources, BytesCountedByBpfAreNotReplaced) {
    auto known = joined(nth(1), nth(2));
    known.rx_bytes = 5;
    auto second = by_diag(nth(1).inode, nth(2).inode);
    second.rx_bytes = 100;
    const auto graph = graph_of({known, second});
    EXPECT_EQ(at(graph, nth(1)).rx_bytes, 5U);
}

TEST(Sources, BytesCountedByAWalkAreNotReplacedEither) {
    auto second = by_diag(nth(1).inode, nth(2).inode);
    second.rx_bytes = 100;
    const auto graph = graph_of({joined(nth(1), nth(2)), has_received(nth(1), 5), second});
    EXPECT_EQ(at(graph, nth(1)).rx_bytes, 5U);
}

TEST(Sources, SockDiagSaysOfTheSocketsItWasAskedAbout) {
    const auto graph = graph_of({idle(nth(1)), idle(nth(2)), by_diag(nth(1).inode, {})});
    EXPECT_EQ(graph.diag_peer(id_of(graph, nth(1))), Inode{});
    EXPECT_EQ(graph.diag_peer(id_of(graph, nth(2))), std::nullopt);
}

TEST(Sources, SocketOpenedAfterTheSnapshotIsNoPartOfIt) {
    const Inode waiting[] = {Inode{8}};
    const auto graph = graph_of({idle(nth(1)), listening_by_diag(Inode{7}, waiting)});
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_TRUE(graph.waiting().empty());
}

// -- what was looked at, and what was not -------------------------------------------------------------------

TEST(Sources, VisitedNamespacesAreRemembered) {
    const auto graph = graph_of({VisitedFact{.netns = home}, VisitedFact{.netns = home}});
    EXPECT_EQ(graph.visited(), std::set{home});
}

// Another source, asked besides, says nothing of what the first has seen.
TEST(Sources, NamespaceIsVisitedByThePrimarySourceOnly) {
    for (const auto primary : {Source::bpf, Source::diag, Source::proc}) {
        Graph graph(primary);
        for (const auto source : {Source::bpf, Source::diag, Source::proc})
            graph.apply(VisitedFact{source, source == primary ? home : elsewhere});
        EXPECT_EQ(graph.visited(), std::set{home});
    }
}

TEST(Sources, UnseenOfOneKindAndReasonIsCountedTogether) {
    const auto graph =
        graph_of({UnseenFact{"processes", "no permission"}, UnseenFact{"processes", "no permission", 4},
                  UnseenFact{"processes", "other"}, UnseenFact{"queues", "no permission"}});
    ASSERT_EQ(graph.unseen().size(), 3U);
    EXPECT_EQ(graph.unseen()[0].what, "processes");
    EXPECT_EQ(graph.unseen()[0].why, "no permission");
    EXPECT_EQ(graph.unseen()[0].count, 5U);
    EXPECT_EQ(graph.unseen()[1].count, 1U);
    EXPECT_EQ(graph.unseen()[2].what, "queues");
}

TEST(Sources, UnseenNamespaceCountsOnceHoweverOftenItWasTried) {
    const auto missed = [](std::uint32_t netns, const char* why) {
        return UnseenFact{.what = "network namespaces", .why = why, .netns = NetnsId{netns}};
    };
    const auto graph =
        graph_of({missed(7, "refused"), missed(7, "refused"), missed(7, "it is gone"), missed(8, "refused")});
    ASSERT_EQ(graph.unseen().size(), 1U);
    EXPECT_EQ(graph.unseen()[0].count, 2U);
}

TEST(Sources, TextsOutliveTheFactsTheyCameWith) {
    Graph graph;
    {
        const std::string comm(40, 'c'), name(100, 'n'), why(60, 'w');
        auto fact = listening(nth(1), 77, name);
        graph.apply(fact);
        graph.apply(held(nth(1), 10, 3, comm));
        graph.apply(UnseenFact{"what", why});
    }
    EXPECT_EQ(graph.processes()[0].comm, std::string(40, 'c'));
    EXPECT_EQ(graph.name_of(at(graph, nth(1)))->bytes, std::string(100, 'n'));
    EXPECT_EQ(graph.unseen()[0].why, std::string(60, 'w'));
}

} // namespace
} // namespace otherend::model
