// SPDX-License-Identifier: MIT
#include "render/records.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

using namespace otherend::render;
using Json = nlohmann::ordered_json;

namespace {

const Records findings{.what = "features",
                       .fields = {"feature", "answer", "fix_it"},
                       .rows = {{"bpf", "yes", ""}, {"diag, unix", "no", "modprobe \"unix_diag\"\n"}}};

std::string printed(const Options& options) {
    std::ostringstream out;
    print_records(out, findings, options, {.host = "web1", .time = "2026-01-02T03:04:05Z", .source = "bpf"});
    return out.str();
}

} // namespace

TEST(Records, AreATable) {
    const std::string table = "FEATURE     ANSWER  FIX IT\n"
                              "bpf         yes     -\n"
                              "diag, unix  no      modprobe \"unix_diag\"\\n\n";
    EXPECT_EQ(printed({}), table);
    EXPECT_EQ(printed({.format = Format::wide, .width = 20}), table);
}

TEST(Records, MayEndEarly) {
    const Records early{.what = "x", .fields = {"a", "b"}, .rows = {{"1"}, {}}};
    std::ostringstream out;
    for (const Format format : {Format::table, Format::csv, Format::jsonl})
        print_records(out, early, {.format = format}, {});
    EXPECT_EQ(out.str(), "A  B\n1  -\n-  -\na,b\r\n1,\r\n,\r\n{\"a\":\"1\"}\n{}\n");
}

TEST(Records, FitTheTerminal) {
    EXPECT_EQ(printed({.width = 34}), "FEATURE     ANSWER  FIX IT\n"
                                      "bpf         yes     -\n"
                                      "diag, unix  no      modprobe \"uni…\n");
}

TEST(Records, AreAJsonDocument) {
    EXPECT_EQ(Json::parse(printed({.format = Format::json})), Json::parse(R"({
        "schema": "otherend/1", "host": "web1", "time": "2026-01-02T03:04:05Z", "source": "bpf",
        "features": [
            {"feature": "bpf", "answer": "yes"},
            {"feature": "diag, unix", "answer": "no", "fix_it": "modprobe \"unix_diag\"\\n",
             "fix_it_b64": "bW9kcHJvYmUgInVuaXhfZGlhZyIK"}
        ]})"));
}

TEST(Records, AreJsonLines) {
    std::istringstream lines(printed({.format = Format::jsonl}));
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(Json::parse(line), (Json{{"feature", "bpf"}, {"answer", "yes"}}));
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(Json::parse(line)["feature"], "diag, unix");
    EXPECT_FALSE(std::getline(lines, line));
}

TEST(Records, AreCsv) {
    EXPECT_EQ(printed({.format = Format::csv}), "feature,answer,fix_it\r\n"
                                                "bpf,yes,\r\n"
                                                "\"diag, unix\",no,\"modprobe \"\"unix_diag\"\"\\n\"\r\n");
}
