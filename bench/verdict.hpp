// SPDX-License-Identifier: MIT
// The budgets, and what the measurements say about each.
#pragma once

#include "measurement.hpp"
#include "statistics.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otherend::bench {

struct Budget {
    enum class Bound { at_most, at_least };
    std::string_view measurement; // its name
    std::string_view program;     // whose row it is told in
    Bound bound = Bound::at_most;
    double limit = 0;
    std::string_view unit;
};

struct Verdict {
    Budget budget;
    Summary value; // of all rounds; the median counts
    bool met = false;
};

// One command on one population.
struct Row {
    std::uint64_t sockets = 0;
    std::string command;
    std::size_t runs = 0;
    Summary wall_ms, cpu_ms, rss_mb;
    std::optional<Verdict> verdict;
};

// The first command of a measurement is ours, the others are its peers. Measurements called "growth" are one row
// for each population, judged in the last.
Result<std::vector<Row>> rows_of(const std::vector<Measurement>& measurements);

} // namespace otherend::bench
