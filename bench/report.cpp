// SPDX-License-Identifier: MIT
// report LINES: what the lines of `measure` in a file amount to, as a table, and with --judge the verdict on each
// budget. Exits 1 if one is missed.
#include "text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace {

using namespace otherend;

struct Request {
    std::string lines, readme, json;
    std::vector<std::string> notes;
    bool judge = false;
};

Result<std::string> content_of(const std::string& path) {
    const std::ifstream file(path);
    std::ostringstream content;
    if (!(content << file.rdbuf()))
        return std::unexpected(Error::from_errno("read " + path, errno));
    return content.str();
}

Result<void> write(const std::string& path, const std::string& content) {
    std::ofstream file(path);
    if (!(file << content << std::flush))
        return std::unexpected(Error::from_errno("write " + path, errno));
    return {};
}

Result<std::vector<bench::Measurement>> measurements_in(const std::string& path) {
    const auto content = content_of(path);
    if (!content)
        return std::unexpected(content.error());
    std::vector<bench::Measurement> measurements;
    std::istringstream lines(*content);
    for (std::string line; std::getline(lines, line);) {
        auto measurement = bench::from_line(line);
        if (!measurement)
            return std::unexpected(measurement.error().while_doing(path));
        measurements.push_back(std::move(*measurement));
    }
    return measurements;
}

std::string section_of(const std::vector<bench::Row>& rows, const std::vector<std::string>& notes) {
    std::string section = '\n' + bench::markdown_of(rows) + '\n';
    for (const auto& note : notes)
        section += note + '\n';
    return section + '\n';
}

Result<void> update(const std::string& readme, const std::string& section) {
    const auto document = content_of(readme);
    if (!document)
        return std::unexpected(document.error());
    const auto updated = bench::with_section(*document, section);
    if (!updated)
        return std::unexpected(updated.error().while_doing(readme));
    return write(readme, *updated);
}

// Whether every budget is met.
Result<bool> report(const Request& request) {
    const auto measurements = measurements_in(request.lines);
    if (!measurements)
        return std::unexpected(measurements.error());
    auto rows = bench::rows_of(*measurements);
    if (!rows)
        return std::unexpected(rows.error());
    if (!request.judge)
        std::ranges::for_each(*rows, [](bench::Row& row) { row.verdict.reset(); });

    const auto section = section_of(*rows, request.notes);
    std::fputs((section + bench::verdicts_of(*rows)).c_str(), stdout);
    Result<void> written;
    if (!request.json.empty())
        written = write(request.json, bench::json_of(*rows, *measurements, request.notes));
    if (written && !request.readme.empty())
        written = update(request.readme, section);
    if (!written)
        return std::unexpected(written.error());
    return std::ranges::all_of(*rows, [](const bench::Row& row) { return !row.verdict || row.verdict->met; });
}

} // namespace

int main(int argc, char** argv) {
    Request request;
    CLI::App app("What the lines of measure amount to");
    app.add_option("LINES", request.lines, "File of lines that measure printed")->required();
    app.add_flag("--judge", request.judge, "Say which budgets are met, and exit 1 if one is not");
    app.add_option("--note", request.notes, "Paragraph to put below the table; may be repeated")
        ->expected(1)
        ->take_all();
    app.add_option("--json", request.json, "Write table and measurements to this file");
    app.add_option("--readme", request.readme, "Write the table between the bench marks of this file");
    CLI11_PARSE(app, argc, argv);

    const auto met = report(request);
    if (!met) {
        std::fprintf(stderr, "report: %s\n", met.error().message.c_str());
        return EXIT_FAILURE;
    }
    return *met ? EXIT_SUCCESS : EXIT_FAILURE;
}
