// SPDX-License-Identifier: MIT
#include "system/unix_diag.hpp"

#include "collected.hpp"
#include "harness/feature.hpp"
#include "processes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <sys/un.h>

namespace otherend::system {
namespace {

using model::SocketFact;

constexpr NetnsId netns{5};

std::vector<SocketFact> facts_of(int fd, const Collected& collected) {
    auto facts = collected.of<SocketFact>();
    std::erase_if(facts, [&](const SocketFact& fact) { return fact.socket.inode != inode_of(fd); });
    return facts;
}

class UnixDiagDump : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto why = harness::missing(harness::Feature::unix_diag))
            GTEST_SKIP() << *why;
    }
};

TEST_F(UnixDiagDump, FindsAPairOfThisProcess) {
    const auto pair = make_pair(SOCK_SEQPACKET);
    Collected collected;
    ASSERT_TRUE(dump_unix_diag(netns, collected.sink()));
    const auto left = facts_of(*pair[0], collected), right = facts_of(*pair[1], collected);
    ASSERT_EQ(left.size(), 1U);
    ASSERT_EQ(right.size(), 1U);
    EXPECT_EQ(left[0].peer, right[0].socket);
    EXPECT_EQ(right[0].peer, left[0].socket);
    EXPECT_EQ(left[0].source, model::Source::diag);
    EXPECT_EQ(left[0].netns, netns);
}

TEST_F(UnixDiagDump, SaysThatItVisitedTheNamespace) {
    Collected collected;
    ASSERT_TRUE(dump_unix_diag(netns, collected.sink()));
    const auto visited = collected.of<model::VisitedFact>();
    ASSERT_EQ(visited.size(), 1U);
    EXPECT_EQ(visited[0].netns, netns);
    EXPECT_EQ(visited[0].source, model::Source::diag);
}

TEST_F(UnixDiagDump, FindsSocketsThatFillSeveralMessages) {
    std::vector<std::array<Fd, 2>> pairs;
    for (int i = 0; i < 400; ++i) // 90 bytes or so each
        pairs.push_back(make_pair(SOCK_STREAM));
    Collected collected;
    ASSERT_TRUE(dump_unix_diag(netns, collected.sink()));
    std::set<Inode> found;
    for (const auto& fact : collected.of<SocketFact>())
        found.insert(fact.socket.inode);
    for (const auto& pair : pairs) {
        EXPECT_TRUE(found.contains(inode_of(*pair[0])));
        EXPECT_TRUE(found.contains(inode_of(*pair[1])));
    }
}

// 500 inodes fill 2000 bytes, more than half of the first, short message of a dump.
TEST_F(UnixDiagDump, NamesEveryClientThatWaits) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const auto name = "otherend-diag-" + std::to_string(getpid());
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto* bound = reinterpret_cast<const sockaddr*>(&address);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const Fd listener(socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(bind(*listener, bound, length), 0);
    ASSERT_EQ(listen(*listener, 500), 0);
    std::vector<Fd> clients;
    for (int i = 0; i < 500; ++i) {
        clients.emplace_back(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
        ASSERT_EQ(connect(*clients.back(), bound, length), 0);
    }

    Collected collected;
    ASSERT_TRUE(dump_unix_diag(netns, collected.sink()));
    const auto facts = facts_of(*listener, collected);
    const auto told =
        std::ranges::find_if(facts, [](const SocketFact& fact) { return !fact.waiting.empty(); });
    ASSERT_NE(told, facts.end());
    ASSERT_EQ(told->waiting.size(), clients.size());
    for (std::size_t i = 0; i < clients.size(); ++i)
        EXPECT_EQ(told->waiting[i], inode_of(*clients[i])) << i;
    EXPECT_EQ(told->queue_length, 500U);
    EXPECT_EQ(told->backlog_limit, 500U);
    EXPECT_EQ(told->name, std::string(1, '\0') + name);
}

TEST(UnixDiagError, OffersAFixWhereTheKernelLacksIt) {
    for (const int code : {ENOENT, EOPNOTSUPP, EPROTONOSUPPORT}) {
        const auto error = unix_diag_error(code);
        EXPECT_EQ(error.kind, ErrorClass::unsupported) << code;
        EXPECT_NE(error.message.find("modprobe unix_diag"), std::string::npos) << code;
    }
}

TEST(UnixDiagError, TellsRefusedFromFailed) {
    EXPECT_EQ(unix_diag_error(EACCES).kind, ErrorClass::not_permitted);
    EXPECT_EQ(unix_diag_error(EPERM).kind, ErrorClass::not_permitted);
    EXPECT_EQ(unix_diag_error(ENOBUFS).kind, ErrorClass::failed);
}

} // namespace
} // namespace otherend::system
