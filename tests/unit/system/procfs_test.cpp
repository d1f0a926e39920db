// SPDX-License-Identifier: MIT
#include "system/procfs.hpp"

#include "processes.hpp"
#include "tree.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace otherend::system {
namespace {

TEST(Procfs, ListsOnlyNamesThatAreNumbers) {
    const Tree tree;
    for (const auto* name : {"1", "4194304", "2147483647", "2147483648", "99999999999999999999", "-1", "+2",
                             "3x", "x", "self", "0x10", " 5"})
        tree.directory(name);
    auto numbers = tree.open().numbers().value();
    std::ranges::sort(numbers);
    EXPECT_EQ(numbers, (std::vector{1, 4194304, 2147483647}));
}

TEST(Procfs, ListsTheSameTwice) {
    const Tree tree;
    tree.directory("1");
    const auto proc = tree.open();
    EXPECT_EQ(proc.numbers().value(), proc.numbers().value());
}

TEST(Procfs, ReadsFilesLargerThanOneRead) {
    const Tree tree;
    const std::string large(100'000, 'x');
    tree.file("large", large);
    tree.file("empty", "");
    EXPECT_EQ(tree.open().read("large").value(), large);
    EXPECT_EQ(tree.open().read("empty").value(), "");
}

TEST(Procfs, SaysWhatIsNotThere) {
    const Tree tree;
    const auto missing = tree.open().read("7/status");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorClass::failed);
    EXPECT_NE(missing.error().message.find("7/status"), std::string::npos);
    EXPECT_FALSE(is_refused(missing));
    EXPECT_FALSE(tree.open().read_link("7/exe"));
    EXPECT_FALSE(tree.open().enter("7"));
    EXPECT_FALSE(Procfs::open("/nonexistent"));
}

TEST(Procfs, DoesNotReadADirectory) {
    const Tree tree;
    tree.directory("7");
    EXPECT_FALSE(tree.open().read("7"));
}

TEST(Procfs, TellsRefusedFromMissing) {
    Tree tree;
    tree.file("7/secret", "x");
    tree.forbid("7/secret");
    const auto proc = tree.open();
    const Nobody nobody;
    EXPECT_TRUE(is_refused(proc.read("7/secret")));
}

TEST(Procfs, CountsThreadsAsTheKernelDoes) {
    const auto proc = Procfs::open().value();
    EXPECT_EQ(proc.count_directories("self/task"), 1U);
    EXPECT_EQ(proc.count_directories("no such process"), 0U);
}

TEST(Procfs, KnowsWhetherItsNumbersAreOurs) {
    EXPECT_TRUE(Procfs::open().value().numbers_are_ours());
    const Tree tree;
    EXPECT_FALSE(tree.open().numbers_are_ours());
    tree.link("self", "999999999");
    EXPECT_FALSE(tree.open().numbers_are_ours());
}

TEST(Procfs, FindsALeaderWhereItsProcessIs) {
    EXPECT_EQ(directory_of(Pid{7}), "7");
    EXPECT_EQ(directory_of(Pid{7}, Pid{7}), "7");
    EXPECT_EQ(directory_of(Pid{7}, Pid{8}), "7/task/8");
}

} // namespace
} // namespace otherend::system
