// SPDX-License-Identifier: MIT
#include "system/parse/user_files.hpp"

#include "../recorded.hpp"

#include <gtest/gtest.h>

namespace otherend::system {
namespace {

using Sockets = std::vector<Inode>;

TEST(UserFiles, ListsTheSocketsAmongTheFiles) {
    const auto files = parse_user_files(recorded("io_uring_fdinfo.txt"));
    EXPECT_TRUE(files.listed);
    EXPECT_EQ(files.sockets, Sockets{recorded_truth().at("server")});
    EXPECT_EQ(files.unnumbered, 0U);
}

TEST(UserFiles, CountsSocketsWhoseInodeAnOldKernelDoesNotTell) {
    const auto files = parse_user_files("SqThreadCpu:\t-1\nUserFiles:\t4\n    0: UNIX-STREAM\n    1: <none>\n"
                                        "    2: UNIX\n    3: TCP\nUserBufs:\t0\n");
    EXPECT_TRUE(files.listed);
    EXPECT_EQ(files.sockets, Sockets{});
    EXPECT_EQ(files.unnumbered, 2U);
}

TEST(UserFiles, ReadsSlotsWhoseNumberFillsItsField) {
    const auto files = parse_user_files("UserFiles:\t200000\n    9: socket:[1]\n10000: socket:[2]\n"
                                        "123456: socket:[3]\nUserBufs:\t1\n    0: 0x7f0000000000/4096\n");
    EXPECT_EQ(files.sockets, (Sockets{Inode{1}, Inode{2}, Inode{3}}));
}

TEST(UserFiles, SaysWhenTheRingWasBusy) {
    EXPECT_FALSE(parse_user_files("UserFiles:\t3\nUserBufs:\t0\n").listed);
    EXPECT_FALSE(parse_user_files("pos:\t0\nflags:\t02\n").listed);
    EXPECT_FALSE(parse_user_files("").listed);
}

TEST(UserFiles, NeedsNoListWhereNothingIsRegistered) {
    EXPECT_TRUE(parse_user_files("UserFiles:\t0\nUserBufs:\t0\n").listed);
}

TEST(UserFiles, DoesNotTakeBuffersForFiles) {
    EXPECT_EQ(parse_user_files("UserFiles:\t0\nUserBufs:\t1\n    0: socket:[5]\n").sockets, Sockets{});
}

TEST(UserFiles, TakesOnlyWholeTargets) {
    EXPECT_EQ(parse_user_files("UserFiles:\t4\n    0: /tmp/socket:[5]\n    1: socket:[6\n    2: socket:[]\n"
                               "    x: socket:[7]\nUserBufs:\t0\n")
                  .sockets,
              Sockets{});
}

} // namespace
} // namespace otherend::system
