// SPDX-License-Identifier: MIT
#include "system/inet_diag.hpp"

#include "collected.hpp"
#include "harness/feature.hpp"
#include "inet_sockets.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace otherend::system {
namespace {

using model::InetFact;

constexpr NetnsId netns{5};

class InetDiagDump : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto why = harness::missing(harness::Feature::inet_diag))
            GTEST_SKIP() << *why;
    }
    InetFact fact_of(const Fd& fd, Kind kind = Kind::tcp) {
        Collected collected;
        EXPECT_TRUE(dump_inet_diag(kind, netns, collected.sink()));
        auto facts = collected.of<InetFact>();
        std::erase_if(facts, [&](const InetFact& fact) { return fact.socket.inode != inode_of(*fd); });
        if (facts.size() != 1)
            throw std::runtime_error(std::to_string(facts.size()) + " facts of one socket");
        EXPECT_EQ(facts[0].local, local_of(fd));
        EXPECT_EQ(facts[0].remote, remote_of(fd));
        EXPECT_EQ(facts[0].open, true);
        EXPECT_EQ(facts[0].uid, geteuid());
        EXPECT_EQ(facts[0].netns, netns);
        return facts[0];
    }
};

TEST_F(InetDiagDump, FindsBothEndsOfAConnectionAndItsListener) {
    const auto listener = listening("127.0.0.1", 7);
    const auto client = connected("127.0.0.1", local_of(listener).port);
    EXPECT_EQ(fact_of(listener).queue_length, 1U);
    EXPECT_EQ(fact_of(listener).backlog_limit, 7U);
    const auto server = accepted(listener);
    ASSERT_EQ(send(*client, "hello", 5, 0), 5);
    char arrived = 0;
    ASSERT_EQ(recv(*server, &arrived, 1, MSG_PEEK), 1);
    EXPECT_EQ(fact_of(listener).queue_length, 0U);
    EXPECT_EQ(fact_of(listener).tcp.state, TcpState::listen);
    EXPECT_EQ(fact_of(client).tcp.state, TcpState::established);
    EXPECT_EQ(fact_of(server).rx_bytes, 5U);
    EXPECT_EQ(fact_of(server).tcp.bytes_received, 5U);
    EXPECT_EQ(fact_of(server).remote, fact_of(client).local);
    EXPECT_NE(fact_of(server).cookie, fact_of(client).cookie);
}

TEST_F(InetDiagDump, TellsTheCookieThatTheSocketTells) {
    const auto listener = listening("127.0.0.1", 1);
    std::uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    ASSERT_EQ(getsockopt(*listener, SOL_SOCKET, SO_COOKIE, &cookie, &length), 0);
    EXPECT_EQ(fact_of(listener).cookie, Cookie{cookie});
}

TEST_F(InetDiagDump, TakesAnIPv4EndOfADualStackListenerAsIPv4) {
    const auto listener = listening("::", 3);
    EXPECT_TRUE(fact_of(listener).tcp.dual_stack);
    const auto client = connected("127.0.0.1", local_of(listener).port);
    const auto server = accepted(listener);
    EXPECT_TRUE(fact_of(server).local.address.is_ipv4());
    EXPECT_EQ(fact_of(server).remote, fact_of(client).local);
}

TEST_F(InetDiagDump, FindsBothEndsOfUdp) {
    const auto server = bound("127.0.0.1", SOCK_DGRAM);
    const auto client = connected("127.0.0.1", local_of(server).port, SOCK_DGRAM);
    EXPECT_EQ(fact_of(server, Kind::udp).tcp.state, TcpState::close);
    EXPECT_EQ(fact_of(client, Kind::udp).tcp.state, TcpState::established);
    EXPECT_EQ(fact_of(client, Kind::udp).remote, fact_of(server, Kind::udp).local);
    const auto server6 = bound("::1", SOCK_DGRAM);
    EXPECT_EQ(fact_of(server6, Kind::udp).remote, std::nullopt);
}

TEST_F(InetDiagDump, FindsAnEndThatWaitsForAccept) {
    const auto listener = listening("127.0.0.1", 3);
    const auto client = connected("127.0.0.1", local_of(listener).port);
    Collected collected;
    ASSERT_TRUE(dump_inet_diag(Kind::tcp, netns, collected.sink()));
    auto facts = collected.of<InetFact>();
    std::erase_if(facts, [&](const InetFact& fact) { // ports are used again
        return fact.remote != local_of(client) || fact.local != local_of(listener);
    });
    ASSERT_EQ(facts.size(), 1U);
    EXPECT_EQ(facts[0].open, false);
    EXPECT_FALSE(is_set(facts[0].socket.inode));
}

TEST_F(InetDiagDump, FindsSocketsThatFillSeveralMessages) {
    std::vector<Fd> listeners;
    for (int i = 0; i < 300; ++i) // 450 bytes or so each
        listeners.push_back(listening("127.0.0.1", 1));
    Collected collected;
    ASSERT_TRUE(dump_inet_diag(Kind::tcp, netns, collected.sink()));
    std::set<Inode> found;
    for (const auto& fact : collected.of<InetFact>())
        found.insert(fact.socket.inode);
    for (const auto& listener : listeners)
        EXPECT_TRUE(found.contains(inode_of(*listener)));
}

TEST(InetDiagError, OffersAFixWhereTheKernelLacksIt) {
    const auto tcp = inet_diag_error(Kind::tcp, ENOENT), udp = inet_diag_error(Kind::udp, ENOENT);
    EXPECT_EQ(tcp.kind, ErrorClass::unsupported);
    EXPECT_NE(tcp.message.find("modprobe tcp_diag"), std::string::npos);
    EXPECT_NE(udp.message.find("modprobe udp_diag"), std::string::npos);
    EXPECT_EQ(inet_diag_error(Kind::tcp, EPERM).kind, ErrorClass::not_permitted);
    EXPECT_EQ(inet_diag_error(Kind::tcp, ENOBUFS).kind, ErrorClass::failed);
}

} // namespace
} // namespace otherend::system
