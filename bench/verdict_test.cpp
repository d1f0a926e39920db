// SPDX-License-Identifier: MIT
#include "verdict.hpp"

#include <gtest/gtest.h>

using namespace otherend::bench;

namespace {

Series series(std::string command, std::vector<double> wall_ms, double rss_mb = 1) {
    const std::vector<double> cpu_ms(wall_ms.size(), 1.0);
    const std::vector<double> memory(wall_ms.size(), rss_mb);
    return {.command = std::move(command), .wall_ms = std::move(wall_ms), .cpu_ms = cpu_ms, .rss_mb = memory};
}

Measurement grown(std::uint64_t sockets, double wall_ms) {
    return {.name = "growth", .sockets = sockets, .commands = {series("otherend list", {wall_ms})}};
}

// The only verdict there is.
Verdict verdict_on(const std::vector<Measurement>& measurements) {
    const auto rows = rows_of(measurements);
    std::vector<Verdict> verdicts;
    if (rows) {
        for (const auto& row : *rows) {
            if (row.verdict)
                verdicts.push_back(*row.verdict);
        }
    }
    EXPECT_EQ(verdicts.size(), 1U);
    return verdicts.empty() ? Verdict{} : verdicts.front();
}

} // namespace

TEST(Summary, OfAnEvenNumberHasTheMiddleOfTheTwoMiddleOnes) {
    EXPECT_EQ(summary_of({4, 1, 3, 2}), (Summary{.min = 1, .median = 2.5, .max = 4}));
}

TEST(Verdict, ComparesRoundByRound) {
    // The machine was ten times slower in the second round; ours took half of the peer's time in all three.
    const auto verdict =
        verdict_on({{.name = "idle",
                     .sockets = 2,
                     .commands = {series("otherend list", {5, 50, 6}), series("ss -xap", {10, 100, 12})}}});
    EXPECT_EQ(verdict.value, (Summary{.min = 0.5, .median = 0.5, .max = 0.5}));
    EXPECT_TRUE(verdict.met);
}

TEST(Verdict, IsMissedByASlowerAnswerOnAnIdleHost) {
    EXPECT_FALSE(verdict_on({{.name = "idle",
                              .sockets = 2,
                              .commands = {series("otherend list", {10.1}), series("ss -xap", {10})}}})
                     .met);
}

TEST(Verdict, OnAPeerSaysHowManyTimesLongerItTakes) {
    const auto rows = rows_of({{.name = "full",
                                .sockets = 100'000,
                                .commands = {series("otherend list", {100}, 48.1), series("ss -xap", {5000}),
                                             series("lsof -U", {8999})}}});
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 3U);
    EXPECT_FALSE(rows->at(0).verdict.value().met) << "48.1 MB";
    EXPECT_EQ(rows->at(1).verdict.value().value.median, 50);
    EXPECT_TRUE(rows->at(1).verdict.value().met);
    EXPECT_FALSE(rows->at(2).verdict.value().met) << "89.99 x faster than lsof";
}

TEST(Verdict, OnGrowthIgnoresTheFixedStart) {
    // 1 us for each socket after 5 ms, then 1.1 us for each beyond 10,000
    const auto verdict = verdict_on({grown(1000, 6), grown(10'000, 15), grown(100'000, 114)});
    EXPECT_NEAR(verdict.value.median, 1.1, 1e-9);
    EXPECT_TRUE(verdict.met);
    EXPECT_FALSE(verdict_on({grown(1000, 6), grown(10'000, 15), grown(100'000, 120)}).met);
}

TEST(Verdict, OnGrowthIsMissedWhenTheSmallPopulationsSayNothing) {
    EXPECT_FALSE(verdict_on({grown(1000, 6), grown(10'000, 6), grown(100'000, 7)}).met);
}

TEST(Verdict, OnGrowthNeedsThreePopulationsVisitedEquallyOften) {
    EXPECT_FALSE(rows_of({grown(1000, 6), grown(10'000, 15)}));
    EXPECT_FALSE(rows_of({grown(1000, 6), grown(10'000, 15), grown(100'000, 114), grown(1000, 6)}));
}
