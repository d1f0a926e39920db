// SPDX-License-Identifier: MIT
// What the graph makes of facts about TCP, UDP, ptys and pipes, and of where processes run.
#include "model/graph.hpp"

#include "seen.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace otherend::model {
namespace {

using namespace seen;

SocketId only(const Graph& graph, SocketRef ref) {
    std::vector<SocketId> found;
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (!socket.gone && socket.self.address == ref.address)
            found.push_back(id);
    });
    EXPECT_EQ(found.size(), 1U);
    return found.at(0);
}

std::size_t holders_of(const Graph& graph, const Socket& socket) {
    std::size_t count = 0;
    graph.for_each_holder(socket, [&](const HolderEntry&) { ++count; });
    return count;
}

HolderFact held_as(SocketRef end, Kind kind, int pid = 10, int fd = 3) {
    auto fact = held(end, pid, fd);
    fact.kind = kind;
    fact.type = 0;
    return fact;
}

// -- TCP and UDP --------------------------------------------------------------------------------------------

InetFact connection(SocketRef self) {
    InetFact fact{.socket = self,
                  .netns = home,
                  .local = {.port = 80},
                  .remote = IpEndpoint{.port = 4000},
                  .open = is_set(self.inode),
                  .cookie = Cookie{9},
                  .rx_bytes = 5,
                  .tx_bytes = 0,
                  .uid = 33,
                  .cgroup = 44,
                  .sequence = TcpSequence{1, 2}};
    fact.tcp.state = TcpState::established;
    return fact;
}
InetFact waiting(SocketRef embryo, SocketRef listener = {}) {
    auto fact = connection(embryo);
    fact.listener = listener.address;
    return fact;
}

void expect_connection(const Graph& graph, SocketRef ref) {
    const auto& socket = at(graph, ref);
    EXPECT_EQ(socket.kind, Kind::tcp);
    EXPECT_EQ(socket.type, 0);
    EXPECT_EQ(socket.tcp_state, 1);
    EXPECT_EQ(socket.netns, home);
    EXPECT_EQ(socket.cookie, Cookie{9});
    EXPECT_TRUE(socket.reported);
    EXPECT_TRUE(socket.open);
    EXPECT_TRUE(socket.has_rx && socket.has_tx);
    EXPECT_FALSE(socket.has_backlog);
    EXPECT_EQ(socket.rx_bytes, 5U);
    ASSERT_NE(graph.inet_of(socket), nullptr);
    EXPECT_EQ(graph.inet_of(socket)->local.port, 80);
    EXPECT_EQ(graph.inet_of(socket)->remote->port, 4000);
    EXPECT_EQ(graph.inet_of(socket)->uid, 33U);
    EXPECT_EQ(graph.inet_of(socket)->cgroup, 44U);
    EXPECT_EQ(graph.inet_of(socket)->sequence, (TcpSequence{1, 2}));
    EXPECT_EQ(graph.local_of(socket), nullptr);
}

TEST(GraphChannels, ConnectionIsTheSameWhicheverFactIsFirst) {
    const auto holder = held_as(nth(1), Kind::tcp);
    for (const auto& facts : {std::vector<Fact>{holder, connection(nth(1))}, {connection(nth(1)), holder}}) {
        const auto graph = graph_of(facts);
        EXPECT_EQ(graph.size(), 1U);
        expect_connection(graph, nth(1));
        EXPECT_EQ(holders_of(graph, at(graph, nth(1))), 1U);
    }
}

TEST(GraphChannels, HolderAloneTellsKindAndState) {
    auto holder = held_as(nth(1), Kind::udp);
    holder.tcp_state = tcp_close;
    const auto graph = graph_of({holder});
    EXPECT_EQ(at(graph, nth(1)).kind, Kind::udp);
    EXPECT_EQ(at(graph, nth(1)).tcp_state, tcp_close);
    EXPECT_FALSE(at(graph, nth(1)).reported);
    EXPECT_EQ(graph.inet_of(at(graph, nth(1))), nullptr);
}

TEST(GraphChannels, SecondLookAtAConnectionReplacesTheFirst) {
    auto second = connection(nth(1));
    second.remote.reset();
    second.rx_bytes.reset();
    second.queue_length = 3;
    second.backlog_limit = 128;
    second.tcp.state = TcpState::listen;
    const auto graph = graph_of({connection(nth(1)), second});
    const auto& socket = at(graph, nth(1));
    EXPECT_TRUE(socket.is_listening());
    EXPECT_FALSE(graph.inet_of(socket)->remote);
    EXPECT_FALSE(socket.has_rx);
    EXPECT_TRUE(socket.has_backlog);
    EXPECT_EQ(socket.queue_length, 3U);
    EXPECT_EQ(socket.backlog_limit, 128U);
}

// procfs takes every descriptor of a socket for a UNIX socket's, until a table tells.
TEST(GraphChannels, InodeAloneJoinsHolderAndConnection) {
    const HolderFact holder{.source = Source::proc, .socket = {.inode = Inode{7}}, .pid = Pid{10}, .fd = 3};
    auto fact = connection({.inode = Inode{7}});
    fact.source = Source::diag;
    for (const auto& facts : {std::vector<Fact>{holder, fact}, {fact, holder}}) {
        const auto graph = graph_of(facts, Source::diag);
        EXPECT_EQ(graph.size(), 1U);
        expect_connection(graph, {.inode = Inode{7}});
    }
}

// As in time-wait: a namespace may be read more than once.
TEST(GraphChannels, ConnectionsWithoutAnInodeAreWhatTheirAddressesAre) {
    auto other = connection({});
    other.remote->port += 1;
    EXPECT_EQ(graph_of({connection({}), connection({})}, Source::diag).size(), 1U);
    EXPECT_EQ(graph_of({connection({}), other}, Source::diag).size(), 2U);
}

TEST(GraphChannels, EndInAQueueKnowsItsListenerWhicheverFactIsFirst) {
    const QueuedFact queued{.listener = {.address = nth(9).address}, .embryo = nth_embryo(1), .client = {}};
    for (const auto& facts : {std::vector<Fact>{queued, waiting(nth_embryo(1))},
                              {waiting(nth_embryo(1)), queued},
                              {waiting(nth_embryo(1), nth(9))}}) {
        const auto graph = graph_of(facts);
        const auto& socket = graph[only(graph, nth(1))];
        EXPECT_EQ(socket.listener, nth(9).address);
        EXPECT_TRUE(socket.is_embryo());
        EXPECT_TRUE(socket.reported);
        EXPECT_FALSE(socket.open);
    }
}

TEST(GraphChannels, EndThatIsAcceptedMeanwhileKeepsItsListenerAndGetsAHolder) {
    const auto graph = graph_of({waiting(nth_embryo(1), nth(9)), held_as(nth(1), Kind::tcp)});
    EXPECT_EQ(graph.size(), 1U);
    const auto& socket = at(graph, nth(1));
    EXPECT_TRUE(socket.open);
    EXPECT_FALSE(socket.is_embryo());
    EXPECT_EQ(socket.listener, nth(9).address);
    EXPECT_EQ(socket.self.inode, nth(1).inode);
    EXPECT_EQ(holders_of(graph, socket), 1U);
}

// The descriptors were read before: what lives there now, they do not refer to.
TEST(GraphChannels, ConnectionThatIsClosedMeanwhileIsNoLongerHeld) {
    const auto graph = graph_of({held_as(nth(1), Kind::tcp), connection(nth_embryo(1))});
    const auto& now = graph[only(graph, nth(1))];
    EXPECT_EQ(now.self, nth_embryo(1));
    EXPECT_EQ(holders_of(graph, now), 0U);
    EXPECT_EQ(graph.find(nth(1)), std::nullopt);
}

TEST(GraphChannels, AnotherKindAtTheSameAddressIsAnotherEndpoint) {
    const PtyFact pty{.end = nth_embryo(1), .other = nth_embryo(2), .index = 5, .other_open = true};
    auto unix_embryo = embryo(nth_embryo(1), nth(3), nth(4));
    const std::vector<Fact> facts{pty, connection(nth_embryo(1)), unix_embryo};
    std::vector<std::size_t> order{0, 1, 2};
    do {
        Graph graph;
        for (const auto i : order)
            graph.apply(facts[i]);
        EXPECT_EQ(graph.size(), 3U);
        const auto& now = graph[only(graph, nth(1))];
        const Kind kinds[] = {Kind::pty, Kind::tcp, Kind::unix_socket};
        EXPECT_EQ(now.kind, kinds[order.back()]);
        EXPECT_EQ(graph.local_of(now) != nullptr, now.kind == Kind::pty);
        EXPECT_EQ(graph.inet_of(now) != nullptr, now.kind == Kind::tcp);
    } while (std::ranges::next_permutation(order).found);
}

TEST(GraphChannels, KeepTranslationsAndTransfersAsTheyCome) {
    const auto graph = graph_of({ConntrackFact{.netns = elsewhere}, TransferFact{.pid = Pid{1}, .from = 3},
                                 TransferFact{.pid = Pid{2}, .from = 4}});
    EXPECT_EQ(graph.translations().size(), 1U);
    EXPECT_EQ(graph.translations()[0].netns, elsewhere);
    EXPECT_EQ(graph.transfers().size(), 2U);
    EXPECT_EQ(graph.transfers()[1].from, 4);
}

// -- ptys and pipes -----------------------------------------------------------------------------------------

constexpr SocketRef read_end{SockAddress{0xffff888000000400}, Inode{81}},
    write_end{SockAddress{0xffff888000000401}, Inode{81}};

PipeFact pipe_end(EndpointType type, std::optional<bool> other_open = true) {
    const bool writes = type == EndpointType::write;
    return {.end = writes ? write_end : read_end,
            .other = writes ? read_end : write_end,
            .type = type,
            .device = 13,
            .other_open = other_open};
}

TEST(GraphChannels, EndsOfAPipeAreTwoThoughTheyShareAnInode) {
    const auto graph = graph_of({held_as(read_end, Kind::pipe, 10, 3), pipe_end(EndpointType::read),
                                 pipe_end(EndpointType::write), held_as(write_end, Kind::pipe, 20, 4)});
    EXPECT_EQ(graph.size(), 2U);
    const auto& read = at(graph, read_end);
    const auto& write = at(graph, write_end);
    EXPECT_EQ(read.type, static_cast<std::uint8_t>(EndpointType::read));
    EXPECT_EQ(write.type, static_cast<std::uint8_t>(EndpointType::write));
    EXPECT_EQ(read.peer, write_end);
    EXPECT_EQ(write.peer, read_end);
    EXPECT_EQ(holders_of(graph, read), 1U);
    EXPECT_EQ(holders_of(graph, write), 1U);
    EXPECT_EQ(graph.local_of(read)->device, 13U);
    EXPECT_EQ(read.kernel_address(), write.kernel_address());
}

TEST(GraphChannels, WhetherAnOtherEndIsOpenMayNotBeKnown) {
    const auto told = [](std::optional<bool> open) {
        return at(graph_of({pipe_end(EndpointType::read, open)}), read_end);
    };
    EXPECT_FALSE(told(std::nullopt).has_peer_fact);
    EXPECT_TRUE(told(false).has_peer_fact);
    EXPECT_FALSE(told(false).peer_open);
    EXPECT_TRUE(told(true).peer_open);
}

TEST(GraphChannels, NameOfAFifoStaysWhenALaterDescriptorHasNone) {
    auto named = pipe_end(EndpointType::read);
    named.path = "/run/fifo";
    named.unlinked = true;
    const auto graph = graph_of({named, pipe_end(EndpointType::read)});
    EXPECT_EQ(graph.local_of(at(graph, read_end))->path, "/run/fifo");
    EXPECT_TRUE(graph.local_of(at(graph, read_end))->unlinked);
}

TEST(GraphChannels, PtysAreTwoEndsWithOneNumber) {
    const auto graph = graph_of({PtyFact{nth_embryo(1), nth_embryo(2), EndpointType::master, 5, 24, true},
                                 PtyFact{nth_embryo(2), nth_embryo(1), EndpointType::slave, 5, 24, false}});
    const auto& master = at(graph, nth_embryo(1));
    const auto& slave = at(graph, nth_embryo(2));
    EXPECT_EQ(master.kind, Kind::pty);
    EXPECT_EQ(master.type, static_cast<std::uint8_t>(EndpointType::master));
    EXPECT_EQ(master.peer, nth_embryo(2));
    EXPECT_EQ(slave.peer, nth_embryo(1));
    EXPECT_TRUE(master.peer_open);
    EXPECT_FALSE(slave.peer_open);
    for (const auto* end : {&master, &slave}) {
        EXPECT_EQ(graph.local_of(*end)->index, 5U);
        EXPECT_EQ(graph.local_of(*end)->device, 24U);
        EXPECT_EQ(graph.inet_of(*end), nullptr);
    }
}

// A FIFO has its inode in a file system of its own, which may give it the number of a socket.
TEST(GraphChannels, InodeAloneMeansASocket) {
    const SocketRef fifo{SockAddress{2}, Inode{7}}, socket{.inode = Inode{7}};
    const PipeFact pipe{.end = fifo, .other = {SockAddress{3}, Inode{7}}, .type = EndpointType::read};
    const HolderFact holder{.source = Source::proc, .socket = socket, .pid = Pid{10}, .fd = 3};
    for (const auto& facts : {std::vector<Fact>{holder, pipe, holder}, {pipe, holder, holder}}) {
        const auto graph = graph_of(facts, Source::diag);
        EXPECT_EQ(graph.size(), 2U);
        EXPECT_EQ(holders_of(graph, at(graph, socket)), 2U);
        EXPECT_EQ(holders_of(graph, at(graph, fifo)), 0U);
    }
    EXPECT_EQ(graph_of({pipe}).find(socket), std::nullopt);
    const auto bpf = graph_of({pipe_end(EndpointType::read), by_diag(read_end.inode, {})});
    EXPECT_EQ(bpf.diag_peer(id_of(bpf, read_end)), std::nullopt);
}

TEST(GraphChannels, MadeUpAddressIsNoneOfTheKernel) {
    EXPECT_FALSE(is_made_up(SockAddress{}));
    EXPECT_TRUE(is_made_up(SockAddress{2}));
    EXPECT_FALSE(is_made_up(nth(1).address));
    const auto graph = graph_of({PipeFact{.end = {SockAddress{2}, Inode{7}}, .type = EndpointType::read}});
    EXPECT_EQ(at(graph, {SockAddress{2}, Inode{7}}).kernel_address(), SockAddress{});
}

// -- where processes run ------------------------------------------------------------------------------------

TEST(GraphChannels, ProcessKnowsItsContainerOnceItIsMet) {
    const Container web{"docker", "abc", "web", "nginx"}, db{"podman", "def", "db", "postgres"};
    const auto graph =
        graph_of({ContainerFact{.pid = Pid{10}, .container = web}, // not met yet
                  held(nth(1), 10, 3), held(nth(2), 20, 3), held(nth(3), 30, 3), held(nth(4), 40, 3),
                  ContainerFact{.pid = Pid{20}, .own_pid = Pid{1}, .container = web},
                  ContainerFact{.pid = Pid{30}, .own_pid = Pid{7}, .container = web},
                  ContainerFact{.pid = Pid{40}, .container = db}});
    const auto processes = graph.processes();
    ASSERT_EQ(processes.size(), 4U);
    EXPECT_EQ(graph.container_of(processes[0]), nullptr);
    ASSERT_NE(graph.container_of(processes[1]), nullptr);
    EXPECT_EQ(*graph.container_of(processes[1]), web);
    EXPECT_EQ(graph.container_of(processes[1]), graph.container_of(processes[2])) << "kept once";
    EXPECT_EQ(*graph.container_of(processes[3]), db);
    EXPECT_EQ(processes[1].own_pid, Pid{1});
    EXPECT_EQ(processes[3].own_pid, std::nullopt);
}

TEST(GraphChannels, ProcessOutsideOfContainersMayHaveAUnit) {
    const auto graph = graph_of({held(nth(1), 10, 3), ContainerFact{.pid = Pid{10}, .unit = "ssh.service"}});
    EXPECT_EQ(graph.processes()[0].unit, "ssh.service");
    EXPECT_EQ(graph.container_of(graph.processes()[0]), nullptr);
}

} // namespace
} // namespace otherend::model
