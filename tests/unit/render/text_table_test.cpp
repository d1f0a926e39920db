// SPDX-License-Identifier: MIT
#include "render/text_table.hpp"

#include "render/display_width.hpp"

#include <gtest/gtest.h>
#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

using namespace otherend::render;

namespace {

struct Settings {
    unsigned width = 0;
    bool coloured = false;
};

std::string printed(std::vector<TextColumn> columns, std::initializer_list<std::string_view> cells,
                    Settings settings = {}) {
    TextTable table(std::move(columns));
    for (const auto cell : cells)
        table.add(cell);
    std::ostringstream out;
    table.print(out, settings.width, settings.coloured);
    return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

const TextColumn word{.header = "STATE"};
const TextColumn text{.header = "NAME", .may_cut = true};
const TextColumn number{.header = "PID", .right = true};

} // namespace

TEST(TextTable, WithoutRowsPrintsNothing) {
    EXPECT_EQ(printed({word, text}, {}), "");
}

TEST(TextTable, AlignsTextLeftAndNumbersRight) {
    EXPECT_EQ(printed({word, number, text}, {"connected", "7", "a", "pending", "12345", "bb"}),
              "STATE        PID  NAME\n"
              "connected      7  a\n"
              "pending    12345  bb\n");
}

TEST(TextTable, MarksAbsentCells) {
    EXPECT_EQ(printed({word, number, text}, {"", "", ""}), "STATE  PID  NAME\n"
                                                           "-        -  -\n");
}

TEST(TextTable, AlignsWideCharacters) {
    EXPECT_EQ(printed({text, word}, {"中文", "x", "e\u0301", "y", "abcdef", "z"}), "NAME    STATE\n"
                                                                                   "中文    x\n"
                                                                                   "e\u0301       y\n"
                                                                                   "abcdef  z\n");
}

TEST(TextTable, CutsNothingWithoutAWidth) {
    const std::string name(5000, 'n');
    EXPECT_EQ(printed({word, text}, {"a", name}), "STATE  NAME\na      " + name + "\n");
}

TEST(TextTable, CutsTheWidestColumnsToFit) {
    EXPECT_EQ(
        printed({word, text, text}, {"connected", "/run/a/very/long/path.sock", "short"}, {.width = 40}),
        "STATE      NAME                    NAME\n"
        "connected  /run/a/very/long/path…  short\n");
}

TEST(TextTable, CutsBetweenWideCharacters) {
    EXPECT_EQ(printed({text, word}, {"中文中文中文中文中文", "x"}, {.width = 20}), "NAME           STATE\n"
                                                                                   "中文中文中文…  x\n");
}

TEST(TextTable, NeverExceedsAWidthThatItsFixedColumnsLeaveRoomFor) {
    for (unsigned width = 25; width < 120; ++width)
        for (const auto& line :
             lines_of(printed({word, text, text, text},
                              {"connected", std::string(30, 'a'), "中文中文中文中文", "nginx 1/2, php 3/4",
                               "closed", "b", std::string(60, 'c'), "\u00e9\u00e9\u00e9"},
                              {.width = width})))
            EXPECT_LE(display_width(line), width) << line;
}

TEST(TextTable, LeavesOutColumnsThatSayNothingBeforeItCuts) {
    EXPECT_EQ(printed({text, word, text}, {"/run/x.sock", "", "nginx 812/5"}, {.width = 26}),
              "NAME         NAME\n"
              "/run/x.sock  nginx 812/5\n");
    EXPECT_EQ(printed({text, word, text}, {"/run/x.sock", "", "nginx 812/5"}, {.width = 80}),
              "NAME         STATE  NAME\n"
              "/run/x.sock  -      nginx 812/5\n");
}

TEST(TextTable, LetsTheRightmostGiveWayWhenAllAreShort) {
    EXPECT_EQ(printed({text, text, text}, {"aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"}, {.width = 33}),
              "NAME          NAME          NAME\n"
              "aaaaaaaaaaaa  bbbbbbbbbbbb  cccc…\n");
}

TEST(TextTable, ColoursCellsOnlyWhenAsked) {
    TextColumn state = word;
    state.colour = [](std::string_view cell) { return std::string_view(cell == "closed" ? "31" : ""); };
    EXPECT_EQ(printed({state, text}, {"closed", "a", "open", "b"}, {.coloured = true}),
              "STATE   NAME\n"
              "\033[31mclosed\033[m  a\n"
              "open    b\n");
    EXPECT_EQ(printed({state, text}, {"closed", "a"}).find('\033'), std::string::npos);
}

TEST(TextTable, KeepsEveryRowOfALongTable) {
    TextTable table({number, text});
    for (int row = 0; row < 20'000; ++row) {
        table.add(std::to_string(row));
        table.add("row " + std::to_string(row));
    }
    std::ostringstream out;
    table.print(out, 0, false);
    const auto lines = lines_of(out.str());
    ASSERT_EQ(lines.size(), 20'001U);
    EXPECT_EQ(lines[1], "    0  row 0");
    for (std::size_t row = 0; row < 20'000; ++row)
        ASSERT_TRUE(lines[row + 1].ends_with(std::to_string(row) + "  row " + std::to_string(row)));
}
