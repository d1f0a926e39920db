// SPDX-License-Identifier: MIT
// --state, --filter, --sort, --top and --columns choose from an answer, and change nothing in it.
#include "harness/compare.hpp"
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace otherend::harness {
namespace {

class Selection : public testing::Test {
  protected:
    Json list(Arguments options) {
        options.insert(options.begin(), {"list", "-o", "json"});
        const auto run = otherend(options);
        const auto answer = Json::parse(run.out, nullptr, false);
        EXPECT_EQ(run.exit_code, answer["endpoints"].empty() ? 1 : 0) << run.err;
        return answer;
    }
    void expect(const Arguments& options, const std::set<std::string>& keys) {
        auto arguments = options;
        arguments.insert(arguments.begin(), netns);
        const auto difference = compare(truth, list(arguments), Source::bpf, keys);
        EXPECT_TRUE(difference.none()) << options.back() << ": " << difference;
    }

    Program program{"pending"}; // C4 and E4 are alone in their network namespace
    Truth truth{program.line()};
    std::string netns = "netns:" + truth.at("C4")["netns"].dump();
};

TEST_F(Selection, StateKeepsTheStatesNamed) {
    expect({"--state", "pending"}, {"C4", "E4"});
    expect({"--state", "closed,pending"}, {"C4", "E4"});
    expect({"--state", "connected,listening"}, {});
}

TEST_F(Selection, FilterIsAnExpressionOverColumns) {
    const auto pid = truth.at("C4")["holders"][0]["pid"].dump();
    expect({"--filter", "pid == " + pid}, {"C4"});
    expect({"--filter", "state == pending and pid == " + pid}, {"C4"});
    expect({"--filter", "state == closed or pid == " + pid}, {"C4"});
    expect({"--filter", "state == pending", "--filter", "pid == 1"}, {});
}

TEST_F(Selection, KindKeepsUnix) {
    expect({"--kind", "unix"}, {"C4", "E4"});
}

TEST_F(Selection, TargetsMayFollowOptions) {
    const std::vector<Arguments> options{
        {"--state", "pending"}, {"--kind", "unix"}, {"--filter", "state == pending"},
        {"--sort", "inode"},    {"--top", "9"},     {"--columns", "inode"},
        {"--source", "bpf"}};
    for (auto arguments : options) {
        arguments.insert(arguments.begin(), {"list", "-o", "json"});
        arguments.push_back(netns);
        const auto run = otherend(arguments);
        EXPECT_EQ(run.exit_code, 0) << arguments[3] << ": " << run.err;
    }
}

TEST_F(Selection, TopKeepsTheFirst) {
    EXPECT_EQ(list({"--top", "2"})["endpoints"].size(), 2U);
    EXPECT_EQ(list({"--top", "0"})["endpoints"].size(), 0U);
}

TEST_F(Selection, SortOrdersByAColumnBothWays) {
    const auto inodes = [&](const char* order) {
        std::vector<std::uint64_t> values;
        const auto answer = list({"--sort", order, "--filter", "state == pending"});
        for (const auto& endpoint : answer["endpoints"])
            if (endpoint.contains("inode"))
                values.push_back(endpoint["inode"]);
        return values;
    };
    const auto up = inodes("inode"), down = inodes("-inode");
    EXPECT_GE(up.size(), 4U);
    EXPECT_TRUE(std::ranges::is_sorted(up));
    EXPECT_TRUE(std::ranges::is_sorted(down, std::ranges::greater()));
}

TEST_F(Selection, ColumnsAreTheOnesNamedInTheirOrder) {
    const auto target = "ino:" + truth.at("C4")["inode"].dump();
    const auto run = otherend({"list", target, "-o", "csv", "--columns", "state,inode,type"});
    EXPECT_EQ(run.out, "state,inode,type\r\npending," + truth.at("C4")["inode"].dump() + ",stream\r\n");
    const auto more = otherend({"list", target, "-o", "csv", "--columns", "+address", "--addresses"});
    EXPECT_TRUE(more.out.substr(0, more.out.find('\r')).ends_with(",address")) << more.out;
}

} // namespace
} // namespace otherend::harness
