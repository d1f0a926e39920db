// SPDX-License-Identifier: MIT
#include "cli/nothing.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace otherend::cli {
namespace {

constexpr Pid nobody{4194305}; // one more than PID_MAX_LIMIT of include/linux/threads.h

std::string explanation_of(const query::Target& target, const std::string& text) {
    const auto explained = explain_nothing(model::Graph{}, target, text);
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

TEST(Nothing, ContainerOrUnitThatIsNotThereIsSaidSo) {
    EXPECT_EQ(explanation_of(query::ContainerTarget{"none"}, "container:none"),
              "container:none: no container is called 'none' that has a process we can see");
    EXPECT_EQ(explanation_of(query::ContainerPathTarget{"none", "/dev/x"}, "container:none:/dev/x"),
              "container:none:/dev/x: no container is called 'none' that has a process we can see");
    EXPECT_EQ(explanation_of(query::UnitTarget{"none"}, "unit:none"),
              "unit:none: no unit is called 'none' and has a process that holds an endpoint");
}

TEST(Nothing, TerminalThatIsNotOpenIsSaidSo) {
    const auto explained = [](const char* path) {
        return explanation_of(query::NameTarget{.bytes = path}, path);
    };
    EXPECT_EQ(explained("/dev/pts/4000000000"), "/dev/pts/4000000000: no such terminal is open");
    EXPECT_EQ(explained("/dev/pts/x"), "/dev/pts/x: no endpoint matches");
    EXPECT_EQ(explained("/dev/pts/"), "/dev/pts/: no endpoint matches");
}

TEST(Nothing, AddressAndPortAreNotWhatListensOnEveryAddress) {
    const auto target = query::parse_target("127.0.0.1:41010");
    EXPECT_EQ(explanation_of(*target, "127.0.0.1:41010"),
              "127.0.0.1:41010: no endpoint matches; ':41010' also finds what listens on every address");
    EXPECT_EQ(explanation_of(*query::parse_target(":41010"), ":41010"), ":41010: no endpoint matches");
}

} // namespace
} // namespace otherend::cli
