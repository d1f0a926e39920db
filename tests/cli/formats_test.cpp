// SPDX-License-Identifier: MIT
// One listing in every format: each can be parsed, says the same, and holds no byte that a terminal or a parser
// would take for something else. The names are the worst a bind() accepts.
#include "harness/compare.hpp"
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace otherend::harness {
namespace {

class Formats : public testing::Test {
  protected:
    Outcome list(const char* format, Arguments more = {}) {
        more.insert(more.begin(), {"list", "comm:" + comm, "--kind", "unix", "-o", format});
        return otherend(more);
    }

    Program program{"names"};
    Truth truth{program.line()};
    std::string comm = truth.at("abstract")["holders"][0]["comm"];
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

bool has_control_bytes(const std::string& text) {
    return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 127; });
}

bool is_utf8(const std::string& text) {
    try {
        static_cast<void>(Json(text).dump());
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

// RFC 4180: records of fields; absent if a quote is left open or stands where none may.
std::optional<std::vector<std::vector<std::string>>> parse_csv(const std::string& text) {
    std::vector<std::vector<std::string>> records(1, {""});
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto& field = records.back().back();
        const bool doubled = text.compare(i, 2, "\"\"") == 0;
        if (quoted && doubled)
            field += text[i++];
        else if (quoted && text[i] == '"')
            quoted = false;
        else if (!quoted && text[i] == '"' && field.empty())
            quoted = true;
        else if (!quoted && text[i] == '"')
            return std::nullopt;
        else if (!quoted && text[i] == ',')
            records.back().emplace_back();
        else if (!quoted && text.compare(i, 2, "\r\n") == 0)
            records.push_back({""}), ++i;
        else
            field += text[i];
    }
    const bool ended = records.back() == std::vector<std::string>{""};
    records.pop_back();
    return quoted || !ended ? std::nullopt : std::optional(records);
}

TEST_F(Formats, JsonIsOneValidDocument) {
    const auto run = list("json");
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto answer = Json::parse(run.out, nullptr, false);
    ASSERT_TRUE(answer.is_object()) << run.out;
    EXPECT_EQ(answer["schema"], "otherend/1");
    for (const auto* field : {"host", "time", "source", "endpoints", "unseen"})
        EXPECT_TRUE(answer.contains(field)) << field;
    std::set<std::string> keys;
    for (const auto& [key, endpoint] : truth.endpoints().items())
        keys.insert(key);
    const auto difference = compare(truth, answer, Source::bpf, keys); // names are compared byte by byte
    EXPECT_TRUE(difference.none()) << difference;
}

TEST_F(Formats, NamesThatAreNotTextHaveAnExactTwin) {
    const auto answer = Json::parse(list("json").out, nullptr, false);
    ASSERT_TRUE(answer.is_object());
    const auto twin_of = [&](const std::string& key) {
        for (const auto& endpoint : answer["endpoints"])
            if (endpoint["inode"] == truth.at(key)["inode"])
                return endpoint.value("name_b64", "");
        return std::string("no such endpoint");
    };
    for (const auto* key : {"abstract-nul", "abstract-long", "path-newline", "path-invalid", "path-quotes"})
        EXPECT_EQ(twin_of(key), truth.at(key)["name_b64"]) << key;
    for (const auto* key : {"abstract", "path-long", "path-utf8", "autobound"})
        EXPECT_EQ(twin_of(key), "") << key << " is plain text";
}

TEST_F(Formats, JsonLinesAreTheEndpointsOfTheDocument) {
    const auto document = Json::parse(list("json").out, nullptr, false);
    const auto run = list("jsonl");
    EXPECT_EQ(run.exit_code, 0) << run.err;
    std::map<std::string, int> balance; // +1 for each endpoint of the document, -1 for each of the lines
    const auto text_of = [](Json endpoint) {
        endpoint.erase(
            "cookie"); // sock_diag gives a socket one when first asked: another test may between the two
        return endpoint.dump();
    };
    for (const auto& endpoint : document["endpoints"])
        ++balance[text_of(endpoint)];
    for (const auto& line : lines_of(run.out)) {
        const auto value = Json::parse(line, nullptr, false);
        ASSERT_TRUE(value.is_object()) << line;
        if (!value.contains("unseen"))
            --balance[text_of(value)];
    }
    for (const auto& [endpoint, count] : balance)
        EXPECT_EQ(count, 0) << endpoint;
}

TEST_F(Formats, CsvHasOneRecordPerEdgeAndAHeader) {
    const auto run = list("csv", {"--columns", "inode,state,name,peer_inode,peer_pid"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_TRUE(is_utf8(run.out));
    const auto records = parse_csv(run.out);
    ASSERT_TRUE(records) << run.out;
    const std::vector<std::string> header{"inode", "state", "name", "peer_inode", "peer_pid"};
    EXPECT_EQ(records->front(), header);
    EXPECT_EQ(records->size(), 1 + truth.endpoints().size());
    for (const auto& record : *records) {
        ASSERT_EQ(record.size(), header.size());
        for (const auto& field : record)
            EXPECT_FALSE(has_control_bytes(field) || field.contains('\n')) << field;
    }
}

TEST_F(Formats, TablesHaveOneLinePerEdgeAndNoControlBytes) {
    for (const auto* format : {"table", "wide"}) {
        const auto run = list(format);
        EXPECT_EQ(run.exit_code, 0) << run.err;
        EXPECT_TRUE(is_utf8(run.out)) << format;
        EXPECT_FALSE(has_control_bytes(run.out)) << run.out;
        EXPECT_EQ(lines_of(run.out).size(), 1 + truth.endpoints().size()) << run.out;
    }
}

TEST_F(Formats, AddressesAreToldOnlyWhenAskedFor) {
    EXPECT_FALSE(list("json").out.contains("\"address\""));
    EXPECT_FALSE(list("json").out.contains("0xffff"));
    const auto answer = Json::parse(list("json", {"--addresses"}).out, nullptr, false);
    for (const auto& endpoint : answer["endpoints"])
        EXPECT_TRUE(endpoint.value("address", "").starts_with("0xffff")) << endpoint;
}

} // namespace
} // namespace otherend::harness
