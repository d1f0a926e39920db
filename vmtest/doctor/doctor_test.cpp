// SPDX-License-Identifier: MIT
// What `doctor` says on a kernel of the matrix is what the README says of it.
#include "harness/feature.hpp"
#include "harness/process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <ranges>
#include <string>
#include <sys/utsname.h>
#include <vector>

namespace otherend {
namespace {

using Row = std::vector<std::string>;
using Answers = std::map<std::string, std::string>; // by feature

Row cells_of(const std::string& line) {
    Row cells;
    for (const auto part : std::views::split(line, '|')) {
        const std::string cell(std::string_view(part.begin(), part.end()));
        const auto first = cell.find_first_not_of(' ');
        cells.push_back(
            first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    return cells;
}

// The table between the markers of the README; its head first, then a line of dashes.
std::vector<Row> table() {
    std::ifstream readme(README);
    std::vector<Row> rows;
    bool inside = false;
    for (std::string line; std::getline(readme, line);)
        if (line == "<!-- doctor:begin -->")
            inside = true;
        else if (line == "<!-- doctor:end -->")
            inside = false;
        else if (inside && line.starts_with('|'))
            rows.push_back(cells_of(line));
    return rows;
}

// "5.10" of "5.10.0-46-cloud-amd64"
std::string this_kernel() {
    utsname name{};
    uname(&name);
    const std::string release = name.release;
    return release.substr(0, release.find('.', release.find('.') + 1));
}

// Empty if the table does not know this kernel.
Answers expected_on(const std::string& kernel) {
    const auto rows = table();
    const auto head = rows.empty() ? Row{} : rows.front();
    const auto column = static_cast<std::size_t>(std::ranges::find(head, kernel) - head.begin());
    Answers answers;
    if (column < head.size())
        for (const auto& row : rows | std::views::drop(2))
            answers[row.at(1)] = row.at(column);
    return answers;
}

TEST(Doctor, SaysWhatTheReadmeSaysOfThisKernel) {
    auto expected = expected_on(this_kernel());
    ASSERT_FALSE(expected.empty()) << README << " has no column for " << this_kernel();
    if (harness::missing(harness::Feature::unix_diag)) // a module, and those come and go with the archive
        expected.emplace("source diag (sock_diag)", "no");
    if (harness::missing(harness::Feature::inet_diag))
        expected.insert({{"TCP by sock_diag", "fallback"}, {"UDP by sock_diag", "fallback"}});
    const auto run = harness::otherend({"doctor", "-o", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto answer = nlohmann::json::parse(run.out);
    for (const auto& feature : answer["features"]) {
        const std::string name = feature["feature"];
        const auto listed = expected.extract(name);
        EXPECT_EQ(feature["answer"], listed ? listed.mapped() : "yes") << feature;
    }
    for (const auto& [name, said] : expected)
        ADD_FAILURE() << "doctor does not speak of " << name;
}

} // namespace
} // namespace otherend
