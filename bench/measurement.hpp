// SPDX-License-Identifier: MIT
// What `measure` saw and `report` judges: every single run, one JSON object per line.
#pragma once

#include "otherend/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace otherend::bench {

// Of each run of one command, in the order they were made.
struct Series {
    std::string command; // as one types it
    std::vector<double> wall_ms;
    std::vector<double> cpu_ms; // user and system, of all threads
    std::vector<double> rss_mb; // at its largest, in 10^6 bytes

    bool operator==(const Series&) const = default;
};

// Commands that took turns on one population: run i of each belongs to round i.
struct Measurement {
    std::string name;
    std::uint64_t sockets = 0;
    double load = 0; // average of the last minute, as it began
    std::vector<Series> commands;

    bool operator==(const Measurement&) const = default;
};

std::string to_line(const Measurement& measurement);
Result<Measurement> from_line(std::string_view line);

// "otherend" of "otherend list -o json"
std::string_view program_of(const Series& series);

} // namespace otherend::bench
