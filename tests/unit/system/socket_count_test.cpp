// SPDX-License-Identifier: MIT
#include "system/socket_count.hpp"

#include "processes.hpp"
#include "tree.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace otherend::system {
namespace {

constexpr const char* sockstat = "self/net/sockstat";

std::optional<std::uint64_t> count_in(const std::string& content) {
    const Tree tree;
    tree.file(sockstat, content);
    return socket_count(tree.open());
}

TEST(SocketCount, IsWhatTheFirstLineSays) {
    EXPECT_EQ(count_in("sockets: used 275\nTCP: inuse 5 orphan 0 tw 0 alloc 9 mem 1\nUDP: inuse 3 mem 2\n"),
              275U);
    EXPECT_EQ(count_in("sockets: used 0\n"), 0U);
    EXPECT_EQ(count_in("sockets: used 4294967296\n"), 4294967296U);
}

TEST(SocketCount, OfThisHostHasOurs) {
    std::vector<std::array<Fd, 2>> pairs;
    while (pairs.size() < 50)
        pairs.push_back(make_pair(SOCK_STREAM));
    const auto count = socket_count(Procfs::open().value());
    ASSERT_TRUE(count);
    EXPECT_GE(*count, 2 * pairs.size());
}

TEST(SocketCount, IsAbsentWhereTheFileIs) {
    const Tree tree;
    EXPECT_EQ(socket_count(tree.open()), std::nullopt);
    tree.directory(sockstat); // not what it is anywhere, but a read that fails
    EXPECT_EQ(socket_count(tree.open()), std::nullopt);
}

TEST(SocketCount, IsAbsentWhereWeMayNotLook) {
    Tree tree;
    tree.file(sockstat, "sockets: used 275\n");
    tree.forbid(sockstat);
    const auto proc = tree.open();
    const Nobody nobody;
    EXPECT_EQ(socket_count(proc), std::nullopt);
}

TEST(SocketCount, IsAbsentWhereTheFileIsCutBeforeIt) {
    const std::string line = "sockets: used 275";
    for (std::size_t length = 0; length <= line.find('2') - 1; ++length)
        EXPECT_EQ(count_in(line.substr(0, length)), std::nullopt) << length;
    EXPECT_EQ(count_in(line), 275U);
}

TEST(SocketCount, IsAbsentWhereNoNumberIs) {
    for (const auto* content :
         {"sockets: used \n", "sockets: used many\n", "sockets: used -1\n", "sockets: used +1\n",
          "sockets: used  1\n", "sockets: used x275\n", "sockets: used 18446744073709551616\n"})
        EXPECT_EQ(count_in(content), std::nullopt) << content;
}

TEST(SocketCount, IsNotTakenFromAnotherLine) {
    EXPECT_EQ(count_in("TCP: inuse 5\nsockets: used 275\n"), std::nullopt);
    EXPECT_EQ(count_in("packets: used 5\nsockets: used 275\n"), std::nullopt);
    EXPECT_EQ(count_in("TCP: inuse 5 orphan 0\n"), std::nullopt);
    EXPECT_EQ(count_in(" sockets: used 275\n"), std::nullopt);
}

bool may_have_tcp_by(const std::string& ipv4, const std::string& ipv6) {
    const Tree tree;
    tree.file("thread-self/net/sockstat", ipv4);
    tree.file("thread-self/net/sockstat6", ipv6);
    return may_have_tcp(tree.open());
}

TEST(MayHaveTcp, NotWhereAllCountsAreZero) {
    const std::string none4 =
        "sockets: used 9\nTCP: inuse 0 orphan 3 tw 0 alloc 9 mem 1\nUDP: inuse 3 mem 2\n";
    const std::string none6 = "TCP6: inuse 0\nUDP6: inuse 3\n";
    EXPECT_FALSE(may_have_tcp_by(none4, none6));
    EXPECT_TRUE(may_have_tcp_by("TCP: inuse 10 orphan 0 tw 0 alloc 9 mem 1\n", none6));
    EXPECT_TRUE(may_have_tcp_by("TCP: inuse 0 orphan 0 tw 1 alloc 9 mem 1\n", none6));
    EXPECT_TRUE(may_have_tcp_by(none4, "TCP6: inuse 1\n"));
    EXPECT_TRUE(may_have_tcp_by(none4, "UDP6: inuse 0\n"));
    EXPECT_TRUE(may_have_tcp_by("sockets: used 9\n", none6));
}

TEST(MayHaveTcp, WithoutIpv6IsToldByIpv4) {
    const Tree tree;
    EXPECT_TRUE(may_have_tcp(tree.open())); // nothing is told
    tree.file("thread-self/net/sockstat", "TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n");
    EXPECT_FALSE(may_have_tcp(tree.open()));
}

} // namespace
} // namespace otherend::system
