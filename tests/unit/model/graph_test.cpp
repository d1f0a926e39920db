// SPDX-License-Identifier: MIT
#include "model/graph.hpp"

#include "seen.hpp"

#include <gtest/gtest.h>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace otherend::model {
namespace {

using namespace seen;

// "server 10/3", with the thread for a table of its own and the way for what is no descriptor.
std::vector<std::string> holders_of(const Graph& graph, SocketRef ref) {
    std::vector<std::string> holders;
    graph.for_each_holder(at(graph, ref), [&](const HolderEntry& holder) {
        const auto& process = graph.process(holder.process);
        auto text =
            process.comm + ' ' + std::to_string(number(process.pid)) + '/' + std::to_string(holder.fd);
        if (is_set(holder.tid))
            text += " tid " + std::to_string(number(holder.tid));
        if (holder.via == Via::io_uring)
            text += " ring";
        holders.push_back(std::move(text));
    });
    return holders;
}

using Holders = std::vector<std::string>;

// -- sockets ------------------------------------------------------------------------------------------------

TEST(Graph, KnowsNothingAtFirst) {
    const Graph graph;
    EXPECT_EQ(graph.size(), 0U);
    EXPECT_EQ(graph.find(nth(1)), std::nullopt);
    EXPECT_EQ(graph.find({}), std::nullopt);
    EXPECT_EQ(graph.primary(), Source::bpf);
}

TEST(Graph, KeepsWhatASocketFactSays) {
    auto fact = joined(nth(1), nth(2), EndpointType::seqpacket);
    fact.peer_peer = nth(3).address;
    fact.listener = nth(4).address;
    fact.address_id = 77;
    fact.cookie = Cookie{4097};
    fact.netns = elsewhere;
    fact.peer_netns = home;
    fact.queue_length = 3;
    fact.backlog_limit = 7;
    fact.rx_bytes = 0;
    fact.tx_bytes = 512;
    fact.peer_credentials = Opener{Pid{10}, 1000};
    fact.has_details = true;
    const auto graph = graph_of({fact});
    const auto& socket = at(graph, nth(1));
    EXPECT_TRUE(socket.reported);
    EXPECT_EQ(socket.self, nth(1));
    EXPECT_EQ(socket.source, Source::bpf);
    EXPECT_EQ(socket.peer, nth(2));
    EXPECT_TRUE(socket.has_peer_fact);
    EXPECT_EQ(socket.peer_peer, nth(3).address);
    EXPECT_TRUE(socket.open);
    EXPECT_TRUE(socket.has_file);
    EXPECT_TRUE(socket.peer_open);
    EXPECT_TRUE(socket.peer_is_unix);
    EXPECT_EQ(socket.listener, nth(4).address);
    EXPECT_EQ(socket.address_id, 77U);
    EXPECT_EQ(socket.cookie, Cookie{4097});
    EXPECT_EQ(socket.netns, elsewhere);
    EXPECT_EQ(socket.peer_netns, home);
    EXPECT_EQ(socket.type, 5);
    EXPECT_EQ(socket.tcp_state, Socket::tcp_established);
    EXPECT_TRUE(socket.has_backlog);
    EXPECT_EQ(socket.queue_length, 3U);
    EXPECT_EQ(socket.backlog_limit, 7U);
    EXPECT_TRUE(socket.has_rx);
    EXPECT_EQ(socket.rx_bytes, 0U);
    EXPECT_TRUE(socket.has_tx);
    EXPECT_EQ(socket.tx_bytes, 512U);
    EXPECT_TRUE(socket.has_credentials);
    EXPECT_EQ(socket.peer_credentials.pid, Pid{10});
    EXPECT_EQ(socket.peer_credentials.uid, 1000U);
    EXPECT_TRUE(socket.has_details);
}

TEST(Graph, KeepsApartWhatIsNoneAndWhatIsNotKnown) {
    const auto graph =
        graph_of({SocketFact{.source = Source::proc, .socket = {.inode = Inode{5}}, .type = SOCK_STREAM}},
                 Source::proc);
    const auto& unknown = at(graph, {.inode = Inode{5}});
    EXPECT_FALSE(unknown.has_peer_fact);
    EXPECT_FALSE(unknown.has_rx || unknown.has_tx || unknown.has_backlog || unknown.has_credentials);
    EXPECT_TRUE(unknown.open);
    EXPECT_TRUE(unknown.has_file);
    EXPECT_FALSE(unknown.has_details);

    const auto none = graph_of({idle(nth(1))});
    EXPECT_TRUE(at(none, nth(1)).has_peer_fact);
    EXPECT_FALSE(at(none, nth(1)).peer);
}

TEST(Graph, SocketThatConnectIsStillMakingIsNotThere) {
    auto half_made = embryo(nth(1), nth(2), nth(3));
    half_made.type = 0;
    EXPECT_EQ(graph_of({half_made}).size(), 0U);
}

TEST(Graph, SecondVisitOfASocketReplacesTheFirst) {
    auto graph = graph_of({joined(nth(1), nth(2)), held(nth(1), 10, 3)});
    graph.apply(survivor(nth(1), nth(2).address));
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_FALSE(at(graph, nth(1)).peer_open);
    EXPECT_EQ(holders_of(graph, nth(1)), Holders{"server 10/3"});
}

TEST(Graph, FindsByAddressByInodeAndOnlyBothTogether) {
    const auto graph = graph_of({idle(nth(1)), idle(nth(2))});
    const auto first = graph.find(nth(1));
    ASSERT_TRUE(first);
    EXPECT_EQ(graph.find({.address = nth(1).address}), first);
    EXPECT_EQ(graph.find({.inode = nth(1).inode}), first);
    EXPECT_EQ(graph.find({nth(1).address, nth(2).inode}), std::nullopt);
    EXPECT_EQ(graph.find({nth(3).address, nth(1).inode}), std::nullopt);
    EXPECT_EQ(graph.find({.inode = Inode{1}}), std::nullopt);
}

TEST(Graph, AddressWithAnotherInodeIsAnotherSocket) {
    const SocketRef reused{nth(1).address, Inode{99999}};
    const auto graph = graph_of({held(nth(1), 10, 3), idle(nth(1)), idle(reused), held(reused, 20, 4)});
    EXPECT_EQ(graph.size(), 2U);
    EXPECT_EQ(graph.find(nth(1)), std::nullopt);
    EXPECT_EQ(holders_of(graph, reused), Holders{"server 20/4"});
    EXPECT_FALSE(at(graph, reused).gone);
    int gone = 0;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        gone += socket.gone;
        EXPECT_EQ(socket.gone, socket.self == nth(1));
    });
    EXPECT_EQ(gone, 1);
}

TEST(Graph, GoneSocketIsNotFoundByItsInodeEither) {
    const SocketRef reused{nth(1).address, Inode{99999}};
    auto graph = graph_of({idle(nth(1)), idle(reused)});
    EXPECT_EQ(graph.find({.inode = nth(1).inode}), std::nullopt);
    graph.apply(by_diag(reused.inode, {})); // from now on inodes are indexed
    graph.apply(idle({reused.address, Inode{88888}}));
    EXPECT_EQ(graph.find({.inode = nth(1).inode}), std::nullopt);
    EXPECT_EQ(graph.find({.inode = reused.inode}), std::nullopt);
    EXPECT_TRUE(graph.find({.inode = Inode{88888}}));
}

// -- embryos ------------------------------------------------------------------------------------------------

TEST(Graph, EmbryoThatIsAcceptedWhileWeLookGetsItsInode) {
    auto graph = graph_of({embryo(nth_embryo(2), nth(1), nth(3))});
    EXPECT_TRUE(at(graph, nth_embryo(2)).is_embryo());
    graph.apply(accepted(nth(2), nth(1), 77));
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_FALSE(at(graph, nth(2)).is_embryo());
    EXPECT_EQ(graph.find({.inode = nth(2).inode}), graph.find(nth_embryo(2)));
}

TEST(Graph, DescriptorOfAnEmbryoMeansThatItWasAccepted) {
    const auto graph = graph_of({embryo(nth_embryo(2), nth(1), nth(3)), held(nth(2), 10, 3)});
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_FALSE(at(graph, nth(2)).is_embryo());
    EXPECT_EQ(holders_of(graph, nth(2)), Holders{"server 10/3"});
}

TEST(Graph, EmbryoWhereASocketWasHeldIsAnotherSocket) {
    const auto graph = graph_of({held(nth(2), 10, 3), embryo(nth_embryo(2), nth(1), nth(3))});
    EXPECT_EQ(graph.size(), 2U);
    EXPECT_TRUE(at(graph, nth_embryo(2)).is_embryo());
    EXPECT_EQ(holders_of(graph, nth_embryo(2)), Holders{});
    EXPECT_EQ(graph.find(nth(2)), std::nullopt);
}

TEST(Graph, QueueNamesTheListenerOfAnEmbryoBeforeOrAfterIt) {
    const QueuedFact queued{{.address = nth(3).address}, nth_embryo(2), {}};
    const auto described = embryo(nth_embryo(2), nth(1), {});
    for (const auto& facts : {std::vector<Fact>{queued, described}, std::vector<Fact>{described, queued}}) {
        const auto graph = graph_of(facts);
        EXPECT_EQ(graph.size(), 1U);
        EXPECT_TRUE(at(graph, nth_embryo(2)).is_embryo());
        EXPECT_EQ(at(graph, nth_embryo(2)).listener, nth(3).address);
        EXPECT_EQ(at(graph, nth_embryo(2)).peer, nth(1));
    }
}

// -- holders ------------------------------------------------------------------------------------------------

TEST(Graph, HolderMayComeBeforeOrAfterItsSocket) {
    const auto before = graph_of({held(nth(1), 10, 3), idle(nth(1))});
    const auto after = graph_of({idle(nth(1)), held(nth(1), 10, 3)});
    for (const auto* graph : {&before, &after}) {
        EXPECT_EQ(graph->size(), 1U);
        EXPECT_EQ(holders_of(*graph, nth(1)), Holders{"server 10/3"});
        EXPECT_TRUE(at(*graph, nth(1)).reported);
        EXPECT_EQ(at(*graph, nth(1)).netns, home);
    }
}

TEST(Graph, HolderAloneTellsPeerTypeAndNamespaceOfItsSocket) {
    auto fact = held(nth(1), 10, 3);
    fact.peer = nth(2).address;
    fact.socket_netns = elsewhere;
    const auto graph = graph_of({fact});
    EXPECT_FALSE(at(graph, nth(1)).reported);
    EXPECT_TRUE(at(graph, nth(1)).open);
    EXPECT_EQ(at(graph, nth(1)).peer.address, nth(2).address);
    EXPECT_EQ(at(graph, nth(1)).netns, elsewhere);
    EXPECT_EQ(at(graph, nth(1)).type, 1);
}

TEST(Graph, HoldersKeepTheirOrderAndTheirProcess) {
    const auto graph = graph_of(
        {held(nth(1), 10, 3), held(nth(2), 10, 4), held(nth(1), 20, 3, "worker"), held(nth(1), 10, 5)});
    EXPECT_EQ(holders_of(graph, nth(1)), (Holders{"server 10/3", "worker 20/3", "server 10/5"}));
    EXPECT_EQ(holders_of(graph, nth(2)), Holders{"server 10/4"});
    ASSERT_EQ(graph.processes().size(), 2U);
    EXPECT_EQ(graph.processes()[0].uid, 1000U);
    EXPECT_EQ(graph.processes()[0].netns, home);
    EXPECT_EQ(graph.processes()[0].exe, "");
}

TEST(Graph, ThreadWithATableOfItsOwnIsNamed) {
    const auto graph = graph_of({held(nth(1), 10, 3), held_by_thread(nth(1), 10, 11, 0xb000, 3)});
    EXPECT_EQ(holders_of(graph, nth(1)), (Holders{"server 10/3", "server 10/3 tid 11"}));
}

TEST(Graph, ThreadsOfADeadLeaderThatShareATableAreOneHolder) {
    const auto graph =
        graph_of({held_by_thread(nth(1), 10, 11, 0xb000, 3), held_by_thread(nth(2), 10, 11, 0xb000, 4),
                  held_by_thread(nth(1), 10, 12, 0xb000, 3), held_by_thread(nth(2), 10, 12, 0xb000, 4)});
    EXPECT_EQ(holders_of(graph, nth(1)), Holders{"server 10/3 tid 11"});
    EXPECT_EQ(holders_of(graph, nth(2)), Holders{"server 10/4 tid 11"});
}

TEST(Graph, ThreadsWithDifferentTablesAreDifferentHolders) {
    const auto graph =
        graph_of({held_by_thread(nth(1), 10, 11, 0xb000, 3), held_by_thread(nth(1), 10, 12, 0xc000, 3),
                  held_by_thread(nth(1), 20, 21, 0xd000, 3)});
    EXPECT_EQ(holders_of(graph, nth(1)),
              (Holders{"server 10/3 tid 11", "server 10/3 tid 12", "server 20/3 tid 21"}));
}

TEST(Graph, TablesOfTwoProcessesAreNotTakenForEachOther) {
    const std::uint64_t table = 0xffff888100000040;
    for (const auto other : {table, table ^ (std::uint64_t{10 ^ 20} << 48)}) {
        const auto graph =
            graph_of({held_by_thread(nth(1), 10, 11, table, 3), held_by_thread(nth(1), 20, 21, other, 3)});
        EXPECT_EQ(holders_of(graph, nth(1)), (Holders{"server 10/3 tid 11", "server 20/3 tid 21"}));
    }
}

TEST(Graph, TableOfUnknownIdentityIsNeverTakenForAnother) {
    const auto graph = graph_of({held_by_thread(nth(1), 10, 11, 0, 3), held_by_thread(nth(1), 10, 12, 0, 3)});
    EXPECT_EQ(holders_of(graph, nth(1)).size(), 2U);
}

TEST(Graph, RingHoldsWhatIsRegisteredWithIt) {
    const auto graph = graph_of({held(nth(2), 10, 3), ring(10, 8), ring(10, 9), idle(nth(1)),
                                 RingFileFact{Pid{10}, 9, nth(1).inode}});
    EXPECT_EQ(holders_of(graph, nth(1)), Holders{"server 10/9 ring"});
    EXPECT_EQ(holders_of(graph, nth(2)), Holders{"server 10/3"});
}

TEST(Graph, FileOfARingMayBeNamedByItsAddress) {
    const RingFileFact file{Pid{10}, 9, {}, nth(1).address}, reused{Pid{10}, 9, nth(1).inode, nth(2).address};
    const auto graph = graph_of({ring(10, 9), idle(nth(1)), idle(nth(2)), file, reused});
    EXPECT_EQ(holders_of(graph, nth(1)), Holders{"server 10/9 ring"});
    EXPECT_EQ(holders_of(graph, nth(2)), Holders{});
}

TEST(Graph, OwnerOfARingNeedsNoDescriptorOfASocket) {
    const auto graph = graph_of({ring(10, 9, "io"), idle(nth(1)), RingFileFact{Pid{10}, 9, nth(1).inode}});
    EXPECT_EQ(holders_of(graph, nth(1)), Holders{"io 10/9 ring"});
    ASSERT_EQ(graph.processes().size(), 1U);
    EXPECT_EQ(graph.processes()[0].uid, 1000U);
    EXPECT_EQ(graph.processes()[0].netns, home);
}

// Threads of a dead leader show the descriptors of the table they share one after the other.
TEST(Graph, RingThatTwoThreadsShowIsOneHolder) {
    const RingFileFact file{Pid{10}, 9, nth(1).inode};
    const auto graph = graph_of({ring(10, 9), ring(10, 9), idle(nth(1)), file, file});
    EXPECT_EQ(holders_of(graph, nth(1)), Holders{"server 10/9 ring"});
}

TEST(Graph, FileOfARingThatIsNoKnownSocketIsIgnored) {
    const auto graph = graph_of({ring(10, 9), idle(nth(1)), RingFileFact{Pid{10}, 9, Inode{1}}});
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_EQ(holders_of(graph, nth(1)), Holders{});
}

TEST(Graph, RemembersDescriptorsThatMayBeRings) {
    auto fact = ring(10, 9);
    fact.tid = Pid{11};
    const auto graph = graph_of({fact});
    ASSERT_EQ(graph.rings().size(), 1U);
    EXPECT_EQ(graph.rings()[0].owner.pid, Pid{10});
    EXPECT_EQ(graph.rings()[0].owner.comm, "server");
    EXPECT_EQ(graph.rings()[0].tid, Pid{11});
    EXPECT_EQ(graph.rings()[0].fd, 9);
}

TEST(Graph, ExecutableBelongsToItsProcess) {
    const auto graph =
        graph_of({held(nth(1), 10, 3), held(nth(1), 20, 3), ExecutableFact{Pid{20}, "/usr/bin/b"},
                  ExecutableFact{Pid{30}, "/usr/bin/c"}});
    EXPECT_EQ(graph.processes()[0].exe, "");
    EXPECT_EQ(graph.processes()[1].exe, "/usr/bin/b");
}

// -- queues -------------------------------------------------------------------------------------------------

TEST(Graph, FlightNamesCarrierAndSocketEvenBeforeTheyAreReported) {
    const auto graph = graph_of({InflightFact{nth(1), nth(2)}, idle(nth(1)), idle(nth(2))});
    EXPECT_EQ(graph.size(), 2U);
    ASSERT_EQ(graph.flights().size(), 1U);
    EXPECT_EQ(graph[graph.flights()[0].carrier].self, nth(1));
    EXPECT_EQ(graph[graph.flights()[0].socket].self, nth(2));
}

TEST(Graph, TaskWaitsOnceAndItsDescriptorComesLater) {
    const WaiterFact waiter{nth(1), Pid{10}, Pid{11}};
    const auto graph = graph_of({waiter, waiter, BlockedFact{Pid{10}, Pid{11}, 5},
                                 BlockedFact{Pid{10}, Pid{12}, 6}, listening(nth(1), 77)});
    ASSERT_EQ(graph.connecting().size(), 1U);
    const auto& entry = graph.connecting()[0];
    EXPECT_EQ(graph[entry.listener].self, nth(1));
    EXPECT_EQ(entry.pid, Pid{10});
    EXPECT_EQ(entry.tid, Pid{11});
    EXPECT_EQ(entry.fd, 5);
}

TEST(Graph, TaskThatIsNotKnownToBeInConnectHasNoDescriptor) {
    const auto graph = graph_of({WaiterFact{nth(1), Pid{10}, Pid{10}}});
    ASSERT_EQ(graph.connecting().size(), 1U);
    EXPECT_EQ(graph.connecting()[0].fd, -1);
}

TEST(Graph, WaitingClientsOfSockDiagAreKeptByInodeWithoutThoseThatLeft) {
    const Inode waiting[] = {Inode{}, Inode{8}, Inode{9}};
    const auto graph = graph_of({listening_by_diag(Inode{7}, waiting)}, Source::diag);
    ASSERT_EQ(graph.waiting().size(), 2U);
    EXPECT_EQ(graph.waiting()[0].listener, Inode{7});
    EXPECT_EQ(graph.waiting()[0].client, Inode{8});
    EXPECT_EQ(graph.waiting()[1].client, Inode{9});
}

} // namespace
} // namespace otherend::model
