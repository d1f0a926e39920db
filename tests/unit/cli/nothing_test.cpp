// SPDX-License-Identifier: MIT
#include "cli/nothing.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace otherend::cli {
namespace {

constexpr Pid nobody{4194305}; // one more than PID_MAX_LIMIT of include/linux/threads.h

std::string explanation_of(const query::Target& target, const std::string& text) {
    const auto explained = explain_nothing(target, text);
    EXPECT_TRUE(explained);
    return explained.value_or("");
}

TEST(Nothing, ProcessThatDoesNotExistIsSaidSo) {
    EXPECT_EQ(explanation_of(query::PidTarget{nobody}, "4194305"), "4194305: there is no process 4194305");
    EXPECT_EQ(explanation_of(query::FdTarget{nobody, 3}, "fd:4194305/3"),
              "fd:4194305/3: there is no process 4194305");
}

TEST(Nothing, ProcessThatExistsHoldsNoSuchSocket) {
    const Pid self{getpid()};
    EXPECT_EQ(explanation_of(query::PidTarget{self}, "me"), "me: it holds no such endpoint");
    EXPECT_EQ(explanation_of(query::FdTarget{self, 99}, "me/99"), "me/99: it holds no such endpoint");
}

TEST(Nothing, OtherTargetsMatchNothing) {
    EXPECT_EQ(explanation_of(query::InodeTarget{Inode{5}}, "ino:5"), "ino:5: no endpoint matches");
    EXPECT_EQ(explanation_of(query::NameTarget{.bytes = "/a\n"}, "/a\x1b[31m\n"),
              "/a\\x1b[31m\\n: no endpoint matches");
}

} // namespace
} // namespace otherend::cli
