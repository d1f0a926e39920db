// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace otherend::bench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Summary, min, median, max)

namespace {

// 100000 as 100,000
std::string grouped(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto position = static_cast<std::ptrdiff_t>(text.size()) - 3; position > 0; position -= 3)
        text.insert(static_cast<std::size_t>(position), 1, ',');
    return text;
}

std::string time_text(double ms) {
    return ms < 1000 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.2f} s", ms / 1000);
}

// "5.6 ms (5.4 to 6.0)"
std::string spread_text(const Summary& ms) {
    const bool short_ones = ms.median < 1000;
    const double unit = short_ones ? 1 : 1000;
    return fmt::format("{} ({:.{}f} to {:.{}f})", time_text(ms.median), ms.min / unit, short_ones ? 1 : 2,
                       ms.max / unit, short_ones ? 1 : 2);
}

std::string number_text(double number) {
    return fmt::format("{:.{}f}", number, number < 10 ? 2 : 0);
}

std::string value_text(const Verdict& verdict) {
    const auto& [min, median, max] = verdict.value;
    return fmt::format("{} {} ({} to {})", number_text(median), verdict.budget.unit, number_text(min),
                       number_text(max));
}

std::string budget_text(const Budget& budget) {
    return fmt::format("{} {}",
                       budget.bound == Budget::Bound::at_most ? "<=" : ">=", number_text(budget.limit));
}

// Fair to say beside a time: Debian 12's versions of these answer less than what is asked of ours.
std::string_view remark_on(std::string_view command) {
    return command.starts_with("lsof -U") || command.starts_with("lsfd ") ? ", names no peers" : "";
}

nlohmann::json verdict_json(const Verdict& verdict) {
    return {{"value", verdict.value},
            {"unit", verdict.budget.unit},
            {verdict.budget.bound == Budget::Bound::at_most ? "at_most" : "at_least", verdict.budget.limit},
            {"met", verdict.met}};
}

} // namespace

std::string markdown_of(const std::vector<Row>& rows) {
    std::string text = "| endpoints | command | runs | wall time | CPU time | memory | judged | budget |\n"
                       "|---:|---|---:|---|---:|---:|---|---|\n";
    for (const auto& row : rows) {
        std::string value, budget;
        if (const auto& verdict = row.verdict) {
            value = value_text(*verdict);
            budget = budget_text(verdict->budget) + (verdict->met ? ", met" : ", **missed**");
        }
        text += fmt::format("| {} | `{}`{} | {} | {} | {} | {:.1f} MB | {} | {} |\n", grouped(row.sockets),
                            row.command, remark_on(row.command), row.runs, spread_text(row.wall_ms),
                            time_text(row.cpu_ms.median), row.rss_mb.median, value, budget);
    }
    return text;
}

std::string verdicts_of(const std::vector<Row>& rows) {
    std::string text;
    for (const auto& row : rows) {
        if (const auto& verdict = row.verdict)
            text += fmt::format("{:<6}  {} sockets, {}: {}, budget {}\n", verdict->met ? "met" : "missed",
                                grouped(row.sockets), row.command, value_text(*verdict),
                                budget_text(verdict->budget));
    }
    return text;
}

std::string json_of(const std::vector<Row>& rows, const std::vector<Measurement>& measurements,
                    const std::vector<std::string>& notes) {
    auto list = nlohmann::json::array();
    for (const auto& row : rows) {
        nlohmann::json entry{{"sockets", row.sockets}, {"command", row.command}, {"runs", row.runs},
                             {"wall_ms", row.wall_ms}, {"cpu_ms", row.cpu_ms},   {"rss_mb", row.rss_mb}};
        if (row.verdict)
            entry["verdict"] = verdict_json(*row.verdict);
        list.push_back(std::move(entry));
    }
    auto runs = nlohmann::json::array();
    for (const auto& measurement : measurements)
        runs.push_back(nlohmann::json::parse(to_line(measurement)));
    return nlohmann::json{{"notes", notes}, {"rows", list}, {"measurements", runs}}.dump(2) + "\n";
}

Result<std::string> with_section(const std::string& document, const std::string& section) {
    constexpr std::string_view begin = "<!-- bench:begin -->\n", end = "<!-- bench:end -->";
    const auto from = document.find(begin);
    const auto to = from == std::string::npos ? from : document.find(end, from);
    if (to == std::string::npos)
        return std::unexpected(Error{.message = "no <!-- bench:begin --> line before a <!-- bench:end -->"});
    return document.substr(0, from + begin.size()) + section + document.substr(to);
}

} // namespace otherend::bench
