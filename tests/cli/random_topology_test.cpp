// SPDX-License-Identifier: MIT
// Random topologies: not one wrong, not one missing fact. $OTHEREND_SEEDS says how many seeds (default 5),
// $OTHEREND_SEED which one is the first.
#include "harness/compare.hpp"
#include "harness/contract.hpp"
#include "harness/feature.hpp"
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace otherend::harness {
namespace {

unsigned long number_in(const char* variable, unsigned long otherwise) {
    const char* text = std::getenv(variable);
    return text ? std::strtoul(text, nullptr, 10) : otherwise;
}

struct Totals {
    std::size_t seeds = 0, endpoints = 0, edges = 0, processes = 0, wrong = 0, missing = 0;
    std::map<std::string, std::size_t> states;
};

void add(Totals& totals, const Truth& truth, const Difference& difference) {
    ++totals.seeds;
    totals.endpoints += truth.endpoints().size();
    totals.edges += truth.edges();
    totals.processes += truth.processes();
    totals.wrong += difference.wrong.size();
    totals.missing += difference.missing.size();
    for (const auto& endpoint : truth.endpoints())
        ++totals.states[endpoint["state"]];
}

void print(const Totals& totals) {
    std::cout << totals.seeds << " topologies, " << totals.endpoints << " endpoints, " << totals.edges
              << " edges, " << totals.processes << " processes: " << totals.wrong << " wrong, "
              << totals.missing << " missing\n ";
    for (const auto& [state, count] : totals.states)
        std::cout << " " << state << " " << count;
    std::cout << '\n';
}

class RandomTopology : public testing::TestWithParam<Source> {};

TEST_P(RandomTopology, HasNothingWrongAndNothingMissing) {
    if (const auto why = missing(Feature::unix_diag); GetParam() == Source::diag && why)
        GTEST_SKIP() << *why;
    const auto first = number_in("OTHEREND_SEED", 1), count = number_in("OTHEREND_SEEDS", 5);
    Totals totals;
    for (auto seed = first; seed < first + count; ++seed) {
        const Program program("random_topology", {std::to_string(seed)});
        const Truth truth(program.line());
        EXPECT_GE(truth.endpoints().size(), 300U);
        EXPECT_GE(truth.processes(), 6U);
        EXPECT_GE(truth.namespaces().size(), 3U);
        const auto run = otherend({"list", "-o", "json", "--source", std::string(word(GetParam()))});
        EXPECT_EQ(run.exit_code, 0) << run.err;
        const auto answer = Json::parse(run.out, nullptr, false);
        EXPECT_EQ(breaches_of_contract(answer), std::vector<std::string>());
        const auto difference = compare(truth, answer, GetParam());
        EXPECT_TRUE(difference.none()) << "seed " << seed << ": " << difference;
        add(totals, truth, difference);
    }
    print(totals);
    for (const auto* state :
         {"connected", "pending", "connecting", "closed", "inflight", "listening", "unconnected"})
        EXPECT_GT(totals.states[state], 0U) << "the dice never made one " << state;
}

INSTANTIATE_TEST_SUITE_P(By, RandomTopology, testing::Values(Source::bpf, Source::diag),
                         [](const auto& instance) { return std::string(word(instance.param)); });

} // namespace
} // namespace otherend::harness
