// SPDX-License-Identifier: MIT
// Listing while connections open and close at full speed: no crash, no impossible edge, and what stands still
// beside it is right every time. $OTHEREND_CHURN_ROUNDS says how often (default 25).
#include "harness/compare.hpp"
#include "harness/contract.hpp"
#include "harness/feature.hpp"
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace otherend::harness {
namespace {

int rounds() {
    const char* text = std::getenv("OTHEREND_CHURN_ROUNDS");
    return text ? std::atoi(text) : 25;
}

const std::set every_lane{'=', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}; // '=' stands still

// The lanes an object speaks of, by the comm of its holders and by its name: see programs/churn.cpp.
void add_lanes(std::set<char>& lanes, const Json& object, const std::string& comm) {
    if (object.contains("holders"))
        for (const auto& holder : object["holders"]) {
            const auto held_by = holder.value("comm", "");
            if (held_by.starts_with(comm + ":"))
                lanes.insert(held_by.back());
            else if (held_by == comm)
                lanes.insert('=');
        }
    const auto name = object.value("name", "");
    if (const auto at = name.find("/lane-"); at != std::string::npos)
        lanes.insert(name.back());
    else if (name.contains("/stable."))
        lanes.insert('=');
}

std::set<char> lanes_of(const Json& endpoint, const Json& edge, const std::string& comm) {
    std::set<char> lanes;
    add_lanes(lanes, endpoint, comm);
    add_lanes(lanes, edge, comm);
    if (endpoint.contains("listener"))
        add_lanes(lanes, endpoint["listener"], comm);
    return lanes;
}

struct Seen {
    std::size_t endpoints = 0, edges = 0, raced = 0;
    std::set<char> lanes;
    std::set<std::pair<std::uint64_t, std::uint64_t>> joined; // by one answer
};

void look_at_edge(Seen& seen, const Json& endpoint, const Json& edge, const std::string& comm) {
    const auto lanes = lanes_of(endpoint, edge, comm);
    EXPECT_LE(lanes.size(), 1U) << "these never met: " << endpoint;
    seen.lanes.insert(lanes.begin(), lanes.end());
    ++seen.edges;
    const bool joined = edge["state"] == "connected" || edge["state"] == "inflight";
    if (joined && endpoint.contains("inode") && edge.contains("inode"))
        seen.joined.emplace(endpoint["inode"], edge["inode"]);
}

void look_at(Seen& seen, const Json& answer, const std::string& comm) {
    seen.joined.clear();
    for (const auto& endpoint : answer["endpoints"]) {
        ++seen.endpoints;
        seen.raced += endpoint["state"] == "raced";
        if (endpoint.contains("peers"))
            for (const auto& edge : endpoint["peers"])
                look_at_edge(seen, endpoint, edge, comm);
    }
    for (const auto& [from, to] : seen.joined)
        EXPECT_TRUE(seen.joined.contains({to, from})) << from << " -> " << to << " has no way back";
}

class Churn : public testing::TestWithParam<Source> {
  protected:
    void SetUp() override {
        if (const auto why = missing(Feature::unix_diag); GetParam() == Source::diag && why)
            GTEST_SKIP() << *why;
    }

    [[nodiscard]] Outcome ask(Arguments question) const {
        question.insert(question.end(), {"-o", "json", "--source", std::string(word(GetParam()))});
        return otherend(question);
    }

    Program program{"churn"};
    Truth truth{program.line()};
    std::string comm = truth.at("L")["holders"][0]["comm"];
};

TEST_P(Churn, JoinsNobodyWhoNeverMetAndKeepsWhatStandsStill) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + std::chrono::seconds(60); // a lane is met when the scheduler likes
    Seen seen;
    int round = 0;
    for (; round < rounds() || (seen.lanes != every_lane && Clock::now() < until); ++round) {
        const auto run = ask({"list", "--kind", "unix"});
        ASSERT_EQ(run.exit_code, 0) << run.err;
        const auto answer = Json::parse(run.out, nullptr, false);
        ASSERT_TRUE(answer.is_object()) << run.out;
        const auto difference = compare(truth, answer, GetParam());
        ASSERT_TRUE(difference.none()) << "round " << round << ": " << difference;
        EXPECT_EQ(breaches_of_contract(answer), std::vector<std::string>());
        look_at(seen, answer, comm);
    }
    std::cout << round << " listings, " << seen.endpoints << " endpoints, " << seen.edges << " edges, "
              << seen.raced << " raced\n";
    EXPECT_EQ(seen.lanes, every_lane) << "a lane was never met";
}

TEST_P(Churn, FindsWhatStandsStillByItsTargets) {
    std::map<std::string, int> asked;
    for (const auto& target : targets_of(truth.as_known_to(GetParam()), {})) {
        if (target.form == "comm" || ++asked[target.form] > 4) // lanes have another comm
            continue;
        const auto run = ask({"who", target.text});
        EXPECT_EQ(run.exit_code, 0) << target.text << ": " << run.err;
        const auto difference = compare(truth, Json::parse(run.out, nullptr, false), GetParam(), target.keys);
        EXPECT_TRUE(difference.none()) << "who " << target.text << ": " << difference;
    }
}

INSTANTIATE_TEST_SUITE_P(By, Churn, testing::Values(Source::bpf, Source::diag),
                         [](const auto& instance) { return std::string(word(instance.param)); });

} // namespace
} // namespace otherend::harness
