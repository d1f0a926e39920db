// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <gtest/gtest.h>

using namespace otherend::bench;

namespace {

const Measurement idle{
    .name = "idle",
    .sockets = 1234,
    .load = 0.5,
    .commands = {{.command = "otherend list", .wall_ms = {9}, .cpu_ms = {3}, .rss_mb = {8}},
                 {.command = "ss -xap", .wall_ms = {6}, .cpu_ms = {2}, .rss_mb = {5}}}};

} // namespace

TEST(Measurement, SurvivesItsLine) {
    const auto again = from_line(to_line(idle));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, idle);
}

TEST(Measurement, WithARunMissingIsRefused) {
    auto torn = idle;
    torn.commands.back().wall_ms.clear();
    EXPECT_FALSE(from_line(to_line(torn)));
    EXPECT_FALSE(from_line(to_line(idle).substr(1)));
    EXPECT_FALSE(from_line(R"({"name": "idle"})"));
}

TEST(Text, SaysWhichBudgetIsMissed) {
    const auto rows = rows_of({idle});
    ASSERT_TRUE(rows);
    EXPECT_EQ(verdicts_of(*rows),
              "missed  1,234 sockets, ss -xap: 1.50 x its time (1.50 to 1.50), budget <= 1.00\n");
    EXPECT_NE(markdown_of(*rows).find("| 1,234 | `ss -xap` | 1 | 6.0 ms (6.0 to 6.0) | 2.0 ms | 5.0 MB | "
                                      "1.50 x its time (1.50 to 1.50) | <= 1.00, **missed** |\n"),
              std::string::npos);
}

TEST(Section, ReplacesOnlyWhatIsBetweenTheMarks) {
    const std::string before = "# a\n<!-- bench:begin -->\n", after = "<!-- bench:end -->\n# z\n";
    EXPECT_EQ(with_section(before + "old\n" + after, "new\n"), before + "new\n" + after);
}

TEST(Section, NeedsBothMarks) {
    EXPECT_FALSE(with_section("<!-- bench:end -->\n<!-- bench:begin -->\n", "new\n"));
    EXPECT_FALSE(with_section("nothing\n", "new\n"));
}
