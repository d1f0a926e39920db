// SPDX-License-Identifier: MIT
// Every topology, asked of every source: as a whole, and through every target that means a part of it.
#include "harness/compare.hpp"
#include "harness/contract.hpp"
#include "harness/feature.hpp"
#include "harness/topologies.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace otherend::harness {
namespace {

class Topology : public testing::TestWithParam<std::tuple<Case, Source>> {
  protected:
    void SetUp() override {
        if (source() != Source::diag)
            return;
        auto why = missing(Feature::unix_diag);
        if (!why && std::get<Case>(GetParam()).program == "io_uring_held")
            why = missing(Feature::io_uring_names);
        if (why)
            GTEST_SKIP() << *why;
    }

    static Arguments question(const char* verb) {
        return {verb, "-o", "json", "--source", std::string(word(std::get<Source>(GetParam())))};
    }
    static Program start() {
        const auto& topology = std::get<Case>(GetParam());
        return Program(topology.program, topology.arguments);
    }
    static Source source() { return std::get<Source>(GetParam()); }
};

Json parsed(const Outcome& run) {
    return Json::parse(run.out, nullptr, false);
}

std::map<std::uint64_t, std::string> addresses_in(const Json& answer) {
    std::map<std::uint64_t, std::string> addresses;
    for (const auto& endpoint : answer["endpoints"])
        if (is_socket(endpoint) && endpoint.contains("inode") && endpoint.contains("address"))
            addresses.emplace(endpoint["inode"], endpoint["address"]);
    return addresses;
}

TEST_P(Topology, IsListedAsItIs) {
    const auto program = start();
    if (program.skipped())
        GTEST_SKIP() << *program.skipped();
    const auto run = otherend(question("list"));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto answer = parsed(run);
    EXPECT_EQ(breaches_of_contract(answer), std::vector<std::string>());
    EXPECT_EQ(answer["source"], word(source()));
    const auto difference = compare(Truth(program.line()), answer, source());
    EXPECT_TRUE(difference.none()) << difference;
}

// What makes the exit status: whether it says of some endpoint who, if anybody, is on the other end.
bool knows_a_peer(const Json& answer) {
    return std::ranges::any_of(answer["endpoints"], [](const Json& endpoint) {
        return endpoint["state"] != "unknown" && endpoint["state"] != "raced";
    });
}

TEST_P(Topology, IsFoundByEveryTarget) {
    const auto program = start();
    if (program.skipped())
        GTEST_SKIP() << *program.skipped();
    const Truth truth(program.line());
    auto listing = question("list");
    listing.push_back("--addresses");
    const auto listed = otherend(listing);
    ASSERT_EQ(listed.exit_code, 0) << listed.err;

    constexpr int most_of_a_form = 6;
    std::map<std::string, int> asked;
    for (const auto& target : targets_of(truth.as_known_to(source()), addresses_in(parsed(listed)))) {
        if (++asked[target.form] > most_of_a_form)
            continue;
        auto arguments = question("who");
        arguments.push_back(target.text);
        const auto run = otherend(arguments);
        EXPECT_EQ(run.exit_code, knows_a_peer(parsed(run)) ? 0 : 1) << target.text << ": " << run.err;
        const auto difference = compare(truth, parsed(run), source(), target.keys, !target.is_exact);
        EXPECT_TRUE(difference.none()) << "who " << target.text << ": " << difference;
    }
    const bool numbered = source() == Source::bpf && truth.has_sockets(); // only the kernel knows addresses
    EXPECT_EQ(asked.contains("address"), numbered) << listed.out;
}

class VerifiedTopology : public Topology {
    void SetUp() override {
        if (const auto why = missing(Feature::unix_diag))
            GTEST_SKIP() << *why;
    }
};

TEST_P(VerifiedTopology, IsConfirmedByNetlink) {
    const auto program = start();
    if (program.skipped())
        GTEST_SKIP() << *program.skipped();
    auto arguments = question("list");
    arguments.push_back("--verify");
    const auto run = otherend(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto answer = parsed(run);
    EXPECT_EQ(answer["source"], "bpf+diag");
    const Truth truth(program.line());
    const auto difference = compare(truth, answer, source());
    EXPECT_TRUE(difference.none()) << difference;
    for (const auto& endpoint : answer["endpoints"])
        if (truth.key_of(endpoint)) {
            EXPECT_FALSE(endpoint.dump().contains("sock_diag says"))
                << "no disagreement is true: " << endpoint;
        }
}

std::string name_of(const testing::TestParamInfo<Topology::ParamType>& info) {
    const auto& [topology, source] = info.param;
    return name_of(topology) + "_" + std::string(word(source));
}

INSTANTIATE_TEST_SUITE_P(Every, Topology,
                         testing::Combine(testing::ValuesIn(topologies),
                                          testing::Values(Source::bpf, Source::diag)),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Every, VerifiedTopology,
                         testing::Combine(testing::ValuesIn(topologies), testing::Values(Source::bpf)),
                         name_of);

} // namespace
} // namespace otherend::harness
