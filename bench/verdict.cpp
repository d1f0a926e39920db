// SPDX-License-Identifier: MIT
#include "verdict.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace otherend::bench {

namespace {

using enum Budget::Bound;

constexpr std::string_view growth = "growth";

constexpr std::array budgets{
    Budget{"idle", "ss", at_most, 1.0, "x its time"},
    Budget{"idle-all", "ss", at_most, 2.0, "x its time"},
    Budget{"full", "otherend", at_most, 48, "MB"},
    Budget{"full", "ss", at_least, 50, "x faster"},
    Budget{"full", "lsof", at_least, 90, "x faster"},
    Budget{"full", "lsfd", at_least, 20, "x faster"},
    Budget{"tcp", "ss", at_least, 20, "x faster"},
    Budget{"local", "lsof", at_least, 10, "x faster"},
    Budget{"local", "lsfd", at_least, 10, "x faster"},
    Budget{growth, "otherend", at_most, 1.15, "x the time per socket"},
};

const Budget* budget_of(std::string_view measurement, std::string_view program) {
    const auto* found = std::ranges::find_if(budgets, [&](const Budget& budget) {
        return budget.measurement == measurement && budget.program == program;
    });
    return found == budgets.end() ? nullptr : found;
}

Verdict judge(const Budget& budget, const Summary& value) {
    const bool met = budget.bound == at_most ? value.median <= budget.limit : value.median >= budget.limit;
    return {.budget = budget, .value = value, .met = met};
}

Row row_of(std::uint64_t sockets, const Series& series) {
    return {.sockets = sockets,
            .command = series.command,
            .runs = series.wall_ms.size(),
            .wall_ms = summary_of(series.wall_ms),
            .cpu_ms = summary_of(series.cpu_ms),
            .rss_mb = summary_of(series.rss_mb)};
}

// Of ours the memory is judged, of a peer the time: "at least" so many times ours, or ours "at most" so many times it.
void compare(const Measurement& measurement, std::vector<Row>& rows) {
    const auto& ours = measurement.commands.front();
    for (const auto& series : measurement.commands) {
        rows.push_back(row_of(measurement.sockets, series));
        const auto* budget = budget_of(measurement.name, program_of(series));
        if (!budget)
            continue;
        auto& row = rows.back();
        if (&series == &ours)
            row.verdict = judge(*budget, row.rss_mb);
        else if (budget->bound == at_least)
            row.verdict = judge(*budget, summary_of(quotients(series.wall_ms, ours.wall_ms)));
        else
            row.verdict = judge(*budget, summary_of(quotients(ours.wall_ms, series.wall_ms)));
    }
}

struct Population {
    std::vector<double> medians_ms; // of each visit
    Series series;                  // of all visits
};

using Populations = std::map<std::uint64_t, Population>; // by number of sockets

void append(std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

void visit(Population& population, const Series& series) {
    population.medians_ms.push_back(summary_of(series.wall_ms).median);
    population.series.command = series.command;
    append(population.series.wall_ms, series.wall_ms);
    append(population.series.cpu_ms, series.cpu_ms);
    append(population.series.rss_mb, series.rss_mb);
}

// What a further socket costs from the middle population to the largest, against from the smallest to the middle
// one. The fixed start-up is in all three, so no estimate of it is needed: it cancels out. A middle population that
// took no longer than the smallest says nothing, and must not pass for a good answer.
Result<std::vector<double>> cost_ratios(const Populations& populations) {
    if (populations.size() != 3)
        return std::unexpected(Error{.message = "growth is told from three populations, not " +
                                                std::to_string(populations.size())});
    const auto& [few, small] = *populations.begin();
    const auto& [more, middle] = *std::next(populations.begin());
    const auto& [most, large] = *populations.rbegin();
    const auto visits = small.medians_ms.size();
    if (middle.medians_ms.size() != visits || large.medians_ms.size() != visits)
        return std::unexpected(Error{.message = "growth: the populations were not visited equally often"});
    std::vector<double> ratios;
    for (std::size_t i = 0; i < visits; ++i) {
        const double early = (middle.medians_ms[i] - small.medians_ms[i]) / static_cast<double>(more - few);
        const double late = (large.medians_ms[i] - middle.medians_ms[i]) / static_cast<double>(most - more);
        ratios.push_back(early > 0 ? late / early : std::numeric_limits<double>::infinity());
    }
    return ratios;
}

} // namespace

Result<std::vector<Row>> rows_of(const std::vector<Measurement>& measurements) {
    std::vector<Row> rows;
    Populations populations;
    for (const auto& measurement : measurements) {
        if (measurement.name == growth)
            visit(populations[measurement.sockets], measurement.commands.front());
        else
            compare(measurement, rows);
    }
    if (populations.empty())
        return rows;
    const auto ratios = cost_ratios(populations);
    if (!ratios)
        return std::unexpected(ratios.error());
    for (const auto& [sockets, population] : populations)
        rows.push_back(row_of(sockets, population.series));
    if (const auto* budget = budget_of(growth, program_of(populations.rbegin()->second.series)))
        rows.back().verdict = judge(*budget, summary_of(*ratios));
    return rows;
}

} // namespace otherend::bench
