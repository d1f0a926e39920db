// SPDX-License-Identifier: MIT
#include "system/proc_net_unix.hpp"

#include "collected.hpp"
#include "processes.hpp"
#include "recorded.hpp"
#include "tree.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace otherend::system {
namespace {

TEST(ProcNetUnix, SaysWhatItReportedAndWhatItCouldNot) {
    const Tree tree;
    tree.file("100/net/unix", recorded("unix_table.txt"));
    Collected collected;
    ASSERT_TRUE(report_unix_table(tree.open(), Pid{100}, NetnsId{5}, collected.sink()));
    EXPECT_EQ(collected.of<model::SocketFact>().size(), recorded_truth().size());
    ASSERT_EQ(collected.of<model::UnseenFact>().size(), 1U);
    EXPECT_EQ(collected.of<model::UnseenFact>()[0].count, 3U);
    ASSERT_EQ(collected.of<model::VisitedFact>().size(), 1U);
    EXPECT_EQ(collected.of<model::VisitedFact>()[0].netns, NetnsId{5});
}

TEST(ProcNetUnix, FailsWithoutTheTable) {
    const Tree tree;
    Collected collected;
    EXPECT_FALSE(report_unix_table(tree.open(), Pid{100}, NetnsId{5}, collected.sink()));
    EXPECT_EQ(collected.size(), 0U);
}

TEST(ProcNetUnix, FindsASocketOfThisProcess) {
    const auto pair = make_pair(SOCK_SEQPACKET);
    Collected collected;
    ASSERT_TRUE(report_unix_table(Procfs::open().value(), Pid{getpid()}, NetnsId{5}, collected.sink()));
    const auto is_ours = [&](const model::SocketFact& fact) {
        return fact.socket.inode == inode_of(*pair[0]);
    };
    const auto facts = collected.of<model::SocketFact>();
    ASSERT_EQ(std::ranges::count_if(facts, is_ours), 1);
    EXPECT_EQ(std::ranges::find_if(facts, is_ours)->type, SOCK_SEQPACKET);
}

} // namespace
} // namespace otherend::system
