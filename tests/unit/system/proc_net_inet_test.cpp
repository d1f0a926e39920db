// SPDX-License-Identifier: MIT
#include "system/proc_net_inet.hpp"

#include "collected.hpp"
#include "inet_sockets.hpp"
#include "recorded.hpp"
#include "tree.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace otherend::system {
namespace {

using model::InetFact;

InetFact live_fact_of(const Fd& fd, Kind kind) {
    Collected collected;
    EXPECT_TRUE(
        report_inet_tables(Procfs::open().value(), Pid{getpid()}, kind, NetnsId{5}, collected.sink()));
    auto facts = collected.of<InetFact>();
    std::erase_if(facts, [&](const InetFact& fact) { return fact.socket.inode != inode_of(*fd); });
    if (facts.size() != 1)
        throw std::runtime_error(std::to_string(facts.size()) + " facts of one socket");
    EXPECT_EQ(facts[0].local, local_of(fd));
    EXPECT_EQ(facts[0].remote, remote_of(fd));
    EXPECT_EQ(facts[0].uid, geteuid());
    return facts[0];
}

TEST(ProcNetInet, ReadsTheTablesOfBothFamilies) {
    const Tree tree;
    tree.file("100/net/tcp", recorded("inet_table_tcp.txt"));
    tree.file("100/net/tcp6", recorded("inet_table_tcp6.txt") + "garbage\n");
    Collected collected;
    ASSERT_TRUE(report_inet_tables(tree.open(), Pid{100}, Kind::tcp, NetnsId{5}, collected.sink()));
    EXPECT_EQ(collected.of<InetFact>().size(), 19U + 6U); // rows of the recording
    ASSERT_EQ(collected.of<model::UnseenFact>().size(), 1U);
    EXPECT_EQ(collected.of<model::UnseenFact>()[0].count, 1U);
}

TEST(ProcNetInet, DoesWithoutIPv6ButNotWithoutIPv4) {
    const Tree tree;
    tree.file("100/net/udp", recorded("inet_table_udp.txt"));
    tree.file("200/net/udp6", recorded("inet_table_udp6.txt"));
    Collected collected;
    EXPECT_TRUE(report_inet_tables(tree.open(), Pid{100}, Kind::udp, NetnsId{5}, collected.sink()));
    EXPECT_EQ(collected.size(), 3U);
    EXPECT_FALSE(report_inet_tables(tree.open(), Pid{200}, Kind::udp, NetnsId{5}, collected.sink()));
    EXPECT_EQ(collected.size(), 3U);
}

TEST(ProcNetInet, FindsSocketsOfThisProcess) {
    const auto listener = listening("::", 3);
    const auto client = connected("127.0.0.1", local_of(listener).port);
    const auto server = accepted(listener);
    EXPECT_EQ(live_fact_of(listener, Kind::tcp).tcp.state, TcpState::listen);
    EXPECT_EQ(live_fact_of(server, Kind::tcp).remote, live_fact_of(client, Kind::tcp).local);
    const auto udp = bound("127.0.0.1", SOCK_DGRAM);
    EXPECT_EQ(live_fact_of(udp, Kind::udp).tcp.state, TcpState::close);
    EXPECT_EQ(live_fact_of(connected("::1", 9, SOCK_DGRAM), Kind::udp).tcp.state, TcpState::established);
}

} // namespace
} // namespace otherend::system
