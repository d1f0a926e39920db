// SPDX-License-Identifier: MIT
#include "query/filter.hpp"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

using otherend::ErrorClass;
using otherend::query::FilterColumn;
using otherend::query::FilterValue;
using otherend::query::nearest_name;
using otherend::query::parse_filter;

namespace {

constexpr std::array<FilterColumn, 5> columns = {{
    {"state", false},
    {"comm", false},
    {"pid", true},
    {"name", false},
    {"note", false},
}};

// A row with two holders and no note.
const std::map<std::string_view, std::vector<FilterValue>> row = {
    {"state", {std::string_view("connected")}},
    {"comm", {std::string_view("nginx"), std::string_view("php-fpm")}},
    {"pid", {std::uint64_t{812}, std::uint64_t{900}}},
    {"name", {std::string_view("/run/a b/(x).sock")}},
    {"note", {}},
};

bool passes(std::string_view expression) {
    const auto filter = parse_filter(expression, columns);
    EXPECT_TRUE(filter) << expression << ": " << filter.error().message;
    return filter && (*filter)([](std::size_t column) -> std::span<const FilterValue> {
               return row.at(columns[column].name);
           });
}

std::string error_of(std::string_view expression) {
    const auto filter = parse_filter(expression, columns);
    if (filter)
        return "accepted";
    EXPECT_EQ(filter.error().kind, ErrorClass::usage);
    return filter.error().message;
}

} // namespace

TEST(Filter, ComparesText) {
    EXPECT_TRUE(passes("state == connected"));
    EXPECT_FALSE(passes("state == connect"));
    EXPECT_TRUE(passes("state != closed"));
    EXPECT_TRUE(passes("state < d"));
    EXPECT_FALSE(passes("state > d"));
    EXPECT_TRUE(passes("state>=connected&&state<=connected"));
}

TEST(Filter, ComparesNumbersBySize) {
    EXPECT_TRUE(passes("pid == 812"));
    EXPECT_TRUE(passes("pid == 0x32c"));
    EXPECT_TRUE(passes("pid > 99"));
    EXPECT_FALSE(passes("pid < 812"));
    EXPECT_TRUE(passes("pid <= 812"));
    EXPECT_FALSE(passes("pid > 900"));
    EXPECT_TRUE(passes("pid >= 900"));
    EXPECT_TRUE(passes("pid ~ ^9"));
}

TEST(Filter, HoldsIfAnyOfSeveralValuesMatches) {
    EXPECT_TRUE(passes("comm == php-fpm"));
    EXPECT_TRUE(passes("comm ~ ^php"));
    EXPECT_FALSE(passes("comm == bash"));
}

TEST(Filter, TakesUnequalAsTheNegationOfEqual) {
    EXPECT_FALSE(passes("comm != nginx"));
    EXPECT_TRUE(passes("comm != bash"));
    EXPECT_FALSE(passes("comm !~ fpm$"));
    EXPECT_TRUE(passes("comm !~ bash"));
}

TEST(Filter, MatchesNothingInAnAbsentValue) {
    EXPECT_FALSE(passes("note == ''"));
    EXPECT_FALSE(passes("note ~ ''"));
    EXPECT_FALSE(passes("note < zzz"));
    EXPECT_TRUE(passes("note != anything"));
    EXPECT_TRUE(passes("not note ~ .*"));
}

TEST(Filter, FindsRegularExpressionsAnywhere) {
    EXPECT_TRUE(passes("name ~ a.b"));
    EXPECT_TRUE(passes("name ~ ^/run/.*sock$"));
    EXPECT_TRUE(passes("name ~ (sock|pipe)$"));
    EXPECT_FALSE(passes("name ~ ^a"));
}

TEST(Filter, BindsNotThenAndThenOr) {
    EXPECT_TRUE(passes("state == connected or pid == 1 and pid == 2"));
    EXPECT_FALSE(passes("(state == connected or pid == 1) and pid == 2"));
    EXPECT_FALSE(passes("not state == connected and pid == 812"));
    EXPECT_FALSE(passes("not (state == connected and pid == 812)"));
    EXPECT_TRUE(passes("not state == closed or pid == 812"));
    EXPECT_TRUE(passes("pid == 1 && pid == 2 || ! pid == 3"));
    EXPECT_TRUE(passes("not not pid == 812"));
    EXPECT_TRUE(passes("!(pid==1)"));
}

TEST(Filter, ReadsQuotedValuesLiterally) {
    EXPECT_TRUE(passes("name == '/run/a b/(x).sock'"));
    EXPECT_TRUE(passes("name == \"/run/a b/(x).sock\" and pid == 812"));
    EXPECT_TRUE(passes("name ~ '[ ]b/\\(x\\)'"));
    EXPECT_FALSE(passes("comm == 'nginx || php'"));
}

TEST(Filter, ReadsBareValuesUpToAnUnmatchedParenthesis) {
    EXPECT_TRUE(passes("(comm ~ ^(nginx|bash)$)"));
    EXPECT_TRUE(passes("((pid==812)and(comm==nginx))"));
    EXPECT_TRUE(passes("comm==bash||comm==nginx"));
}

TEST(Filter, NamesThePlaceOfAMistake) {
    EXPECT_EQ(error_of(""), "bad filter at character 1: expected a column");
    EXPECT_EQ(error_of("state"), "bad filter at character 6: expected one of == != ~ !~ < <= > >=");
    EXPECT_EQ(error_of("state = connected"),
              "bad filter at character 7: expected one of == != ~ !~ < <= > >=");
    EXPECT_EQ(error_of("state == "), "bad filter at character 10: expected a value");
    EXPECT_EQ(error_of("state == a b"), "bad filter at character 12: expected 'and', 'or' or the end");
    EXPECT_EQ(error_of("(state == a"), "bad filter at character 12: expected ')' for the '(' at 1");
    EXPECT_EQ(error_of("state == a)"), "bad filter at character 11: expected 'and', 'or' or the end");
    EXPECT_EQ(error_of("state == 'a"), "bad filter at character 10: quote without its end");
    EXPECT_EQ(error_of("state == a and"), "bad filter at character 15: expected a column");
    EXPECT_EQ(error_of("== 3"), "bad filter at character 1: expected a column");
}

TEST(Filter, RefusesWhatANumberCannotBe) {
    EXPECT_EQ(error_of("pid == nginx"), "bad filter at character 8: pid takes a number, not 'nginx'");
    for (const auto* number : {"-1", "1.5", "0x", "12a", "18446744073709551616", "''"})
        EXPECT_NE(error_of("pid < " + std::string(number)), "accepted") << number;
    EXPECT_EQ(error_of("pid < 18446744073709551615"), "accepted");
}

TEST(Filter, RefusesABrokenRegularExpressionInOneLine) {
    const std::string message = error_of("comm ~ '[a\n'");
    EXPECT_TRUE(message.starts_with("bad filter at character 8: bad regular expression '[a\\n'")) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(Filter, SuggestsTheNearestColumn) {
    EXPECT_EQ(error_of("pid == 1 or stat == a"),
              "bad filter at character 13: unknown column 'stat', did you mean 'state'?");
    EXPECT_EQ(error_of("zebra == a"), "bad filter at character 1: unknown column 'zebra'");
}

TEST(Filter, RefusesNestingThatCouldOverflowTheStack) {
    const std::string deep(100'000, '(');
    EXPECT_TRUE(error_of(deep).ends_with("nested deeper than 100"));
    EXPECT_TRUE(passes(std::string(50, '(') + "pid == 812" + std::string(50, ')')));
    std::string nots;
    for (int i = 0; i < 100'000; ++i)
        nots += "not ";
    EXPECT_TRUE(error_of(nots).ends_with("nested deeper than 100"));
}

TEST(Filter, TakesAnyNumberOfAlternatives) {
    std::string many = "pid == 1";
    for (int i = 0; i < 100'000; ++i)
        many += " or pid == 2";
    EXPECT_FALSE(passes(many));
    EXPECT_TRUE(passes(many + " or pid == 900"));
}

TEST(NearestName, IsAbsentWhenNothingIsNear) {
    const std::array<std::string_view, 3> known = {"state", "name", "peer_name"};
    EXPECT_EQ(nearest_name("sttae", known), "state");
    EXPECT_EQ(nearest_name("peername", known), "peer_name");
    EXPECT_EQ(nearest_name("xyz", known), std::nullopt);
    EXPECT_EQ(nearest_name("", known), std::nullopt);
    EXPECT_EQ(nearest_name("state", {}), std::nullopt);
}
