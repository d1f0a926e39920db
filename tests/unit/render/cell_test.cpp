// SPDX-License-Identifier: MIT
#include "render/cell.hpp"

#include <gtest/gtest.h>
#include <limits>

using otherend::render::Cell;
using otherend::render::Value;

namespace {

std::vector<Value> values_of(Cell& cell) {
    const auto values = cell.values();
    return {values.begin(), values.end()};
}

} // namespace

TEST(Cell, WithoutValuesIsAbsent) {
    Cell cell;
    EXPECT_TRUE(cell.values().empty());
    EXPECT_EQ(cell.joined(", "), "");
    cell.add("");
    cell.add_text();
    EXPECT_TRUE(cell.values().empty());
    EXPECT_EQ(cell.joined(", "), "");
}

TEST(Cell, KeepsNumbersAsNumbers) {
    constexpr auto greatest = std::numeric_limits<std::uint64_t>::max();
    Cell cell;
    cell.add(0);
    cell.add(greatest);
    EXPECT_EQ(values_of(cell), (std::vector<Value>{std::uint64_t{0}, greatest}));
    EXPECT_EQ(cell.joined(";"), "0;18446744073709551615");
}

TEST(Cell, LeavesOutEmptyTextsAmongOthers) {
    Cell cell;
    cell.add("");
    cell.add("a");
    cell.add("");
    cell.add("b c");
    cell.add("");
    EXPECT_EQ(values_of(cell), (std::vector<Value>{"a", "b c"}));
    EXPECT_EQ(cell.joined(", "), "a, b c");
}

TEST(Cell, TakesTextPieceByPiece) {
    Cell cell;
    std::string& out = cell.add_text();
    out += "nginx";
    out += " 812/5";
    cell.add("php 9/3");
    EXPECT_EQ(cell.joined(" | "), "nginx 812/5 | php 9/3");
}

TEST(Cell, ForgetsEverythingWhenCleared) {
    Cell cell;
    cell.add(7);
    cell.clear();
    cell.add("7");
    EXPECT_EQ(values_of(cell), (std::vector<Value>{"7"}));
}
