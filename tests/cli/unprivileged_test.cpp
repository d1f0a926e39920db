// SPDX-License-Identifier: MIT
// Without privileges otherend answers what it can, says what it could not see, and never shows it as absent.
#include "harness/feature.hpp"
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace otherend::harness {
namespace {

constexpr uid_t nobody = 65534;

Outcome as_nobody(const Arguments& arguments) {
    return otherend(arguments, {.uid = nobody});
}

class Unprivileged : public testing::Test {
  protected:
    [[nodiscard]] std::string target(const char* key) const { return "ino:" + truth.at(key)["inode"].dump(); }

    Program program{"classic"};
    Truth truth{program.line()};
};

TEST_F(Unprivileged, EdgesAreAnsweredWithoutHolders) {
    if (const auto why = missing(Feature::unix_diag))
        GTEST_SKIP() << *why;
    const auto run = as_nobody({"who", target("C1"), "-o", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto answer = Json::parse(run.out, nullptr, false);
    ASSERT_TRUE(answer.is_object()) << run.out;
    ASSERT_EQ(answer["endpoints"].size(), 1U) << run.out;
    const auto& endpoint = answer["endpoints"][0];
    EXPECT_EQ(endpoint["state"], "connected");
    ASSERT_EQ(endpoint["peers"].size(), 1U);
    EXPECT_EQ(endpoint["peers"][0]["inode"], truth.at("S1")["inode"]);
    EXPECT_FALSE(endpoint.contains("holders"));
}

TEST_F(Unprivileged, WhatWasNotSeenIsListed) {
    const auto answer = Json::parse(as_nobody({"list", "-o", "json"}).out, nullptr, false);
    ASSERT_TRUE(answer.is_object());
    EXPECT_NE(answer["source"], "bpf");
    const auto mentions = [&](const std::string& word) {
        return std::ranges::any_of(answer["unseen"], [&](const Json& item) {
            return item["what"].get<std::string>().contains(word) &&
                   !item["why"].get<std::string>().empty() && item["count"].get<int>() > 0;
        });
    };
    EXPECT_TRUE(mentions("process")) << answer["unseen"];
    EXPECT_TRUE(mentions("bpf")) << answer["unseen"];
}

TEST_F(Unprivileged, TableSaysWhatWasNotSeenOnStderr) {
    const auto run = as_nobody({"list"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_TRUE(run.err.contains("process")) << run.err;
    EXPECT_FALSE(run.out.contains("permission")) << run.out;
}

TEST_F(Unprivileged, ForeignProcessIsNotPermittedRatherThanNothing) {
    const auto pid = truth.at("C1")["holders"][0]["pid"].dump();
    for (const auto& asked : {pid, pid + "/3"}) {
        const auto run = as_nobody({"who", asked});
        EXPECT_EQ(run.exit_code, 3) << run.err;
        EXPECT_TRUE(run.err.contains("permission")) << run.err;
        EXPECT_EQ(run.out.find(pid), std::string::npos);
    }
}

TEST_F(Unprivileged, BpfByForceIsNotPermitted) {
    const auto run = as_nobody({"list", "--source", "bpf"});
    EXPECT_EQ(run.exit_code, 3) << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << run.err;
}

TEST_F(Unprivileged, BadInputIsStillUsage) {
    EXPECT_EQ(as_nobody({"who", "ino:x"}).exit_code, 2);
    EXPECT_EQ(as_nobody({"who", "4194304"}).exit_code, 1);
}

} // namespace
} // namespace otherend::harness
