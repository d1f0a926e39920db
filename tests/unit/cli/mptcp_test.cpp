// SPDX-License-Identifier: MIT
#include "cli/mptcp.hpp"

#include "../model/seen.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

namespace otherend::cli {
namespace {

using namespace model;
using namespace model::seen;

constexpr SocketRef connection = nth(1);

// A TCP socket of the connection: at another address, with the same inode.
SocketRef subflow(std::uint32_t n) {
    return {nth(n).address, connection.inode};
}

InetFact listed(SocketRef self, TcpState state = TcpState::established) {
    InetFact fact{.socket = self, .netns = home, .open = true};
    fact.tcp.state = state;
    return fact;
}

HolderFact held_as_tcp(SocketRef self, int pid, int fd) {
    auto fact = held(self, pid, fd);
    fact.kind = Kind::tcp;
    fact.type = 0;
    return fact;
}

std::vector<int> fds_of(const Graph& graph, SocketRef ref) {
    std::vector<int> fds;
    if (const auto id = graph.find(ref))
        graph.for_each_holder(graph[*id], [&](const HolderEntry& holder) { fds.push_back(holder.fd); });
    return fds;
}

Graph with_subflows_held(const std::vector<Fact>& facts) {
    auto graph = graph_of(facts);
    hold_subflows(graph);
    return graph;
}

TEST(Mptcp, EverySubflowHasTheHoldersOfItsConnection) {
    const auto graph = with_subflows_held({held_as_tcp(connection, 10, 3), held_as_tcp(connection, 11, 4),
                                           listed(subflow(2)), listed(subflow(3)), listed(nth(4)),
                                           held_as_tcp(nth(4), 10, 5)});
    EXPECT_EQ(fds_of(graph, subflow(2)), (std::vector{3, 4}));
    EXPECT_EQ(fds_of(graph, subflow(3)), (std::vector{3, 4}));
    EXPECT_EQ(fds_of(graph, nth(4)), std::vector{5});
    EXPECT_TRUE(graph[*graph.find(connection)].gone);
}

TEST(Mptcp, ConnectionThatIsListedAsClosedGivesWayToo) {
    const auto graph =
        with_subflows_held({listed(connection, TcpState::close), held_as_tcp(connection, 10, 3),
                            listed(subflow(2), TcpState::fin_wait2)});
    EXPECT_EQ(fds_of(graph, subflow(2)), std::vector{3});
    EXPECT_TRUE(graph[*graph.find(connection)].gone);
}

TEST(Mptcp, ConnectionWithoutSubflowsStays) {
    const auto graph = with_subflows_held({held_as_tcp(connection, 10, 3), listed(nth(2))});
    EXPECT_FALSE(graph[*graph.find(connection)].gone);
    EXPECT_EQ(fds_of(graph, connection), std::vector{3});
    EXPECT_TRUE(fds_of(graph, nth(2)).empty());
}

TEST(Mptcp, SocketWithHoldersOfItsOwnIsNoSubflow) {
    const auto graph = with_subflows_held(
        {held_as_tcp(connection, 10, 3), listed(subflow(2)), held_as_tcp(subflow(2), 11, 4)});
    EXPECT_EQ(fds_of(graph, subflow(2)), std::vector{4});
    EXPECT_FALSE(graph[*graph.find(connection)].gone);
}

} // namespace
} // namespace otherend::cli
