// SPDX-License-Identifier: MIT
#include "measurement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace otherend::bench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Series, command, wall_ms, cpu_ms, rss_mb)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Measurement, name, sockets, load, commands)

namespace {

bool is_complete(const Measurement& measurement) {
    const auto& commands = measurement.commands;
    return !commands.empty() && std::ranges::all_of(commands, [&](const Series& series) {
        const auto rounds = commands.front().wall_ms.size();
        return rounds > 0 && series.wall_ms.size() == rounds && series.cpu_ms.size() == rounds &&
               series.rss_mb.size() == rounds;
    });
}

} // namespace

std::string to_line(const Measurement& measurement) {
    return nlohmann::json(measurement).dump();
}

Result<Measurement> from_line(std::string_view line) {
    try {
        auto measurement = nlohmann::json::parse(line).get<Measurement>();
        if (is_complete(measurement))
            return measurement;
        return std::unexpected(Error{.message = "a line of measure that lacks a run"});
    } catch (const nlohmann::json::exception& error) { // the library has no other way to say it
        return std::unexpected(Error{.message = std::string("not a line of measure: ") + error.what()});
    }
}

std::string_view program_of(const Series& series) {
    return std::string_view(series.command).substr(0, series.command.find(' '));
}

} // namespace otherend::bench
