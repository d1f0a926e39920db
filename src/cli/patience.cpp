// SPDX-License-Identifier: MIT
#include "cli/patience.hpp"

#include "base/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace otherend::cli {

namespace {

using std::chrono::milliseconds;

struct Threshold {
    std::string_view name;
    milliseconds Patience::* of;
};

constexpr std::array thresholds{
    Threshold{"retransmit", &Patience::retransmit},   Threshold{"syn", &Patience::syn},
    Threshold{"window", &Patience::window},           Threshold{"unread", &Patience::unread},
    Threshold{"half-closed", &Patience::half_closed},
};

constexpr double longest_s = 1e6; // what the kernel counts in 32 bits of milliseconds is longer

std::optional<milliseconds> seconds_in(std::string_view text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || !(seconds > 0 && seconds <= longest_s))
        return std::nullopt;
    return std::chrono::ceil<milliseconds>(std::chrono::duration<double>(seconds));
}

Error not_understood(std::string_view part) {
    std::string names;
    for (const auto& threshold : thresholds)
        names += (names.empty() ? "" : ", ") + std::string(threshold.name);
    return {ErrorClass::usage,
            fmt::format("--stuck-after: '{}' is neither SECONDS nor NAME=SECONDS, more than 0 and at most "
                        "1000000; the names are {}",
                        escape(part), names)};
}

bool take(std::string_view part, Patience& patience) {
    const auto equals = part.find('=');
    const auto time = seconds_in(equals == std::string_view::npos ? part : part.substr(equals + 1));
    if (!time)
        return false;
    const auto name = part.substr(0, equals);
    bool named = false;
    for (const auto& threshold : thresholds)
        if (equals == std::string_view::npos || threshold.name == name) {
            patience.*threshold.of = *time;
            named = true;
        }
    return named;
}

} // namespace

Result<Patience> parse_patience(std::string_view text) {
    Patience patience;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        if (!take(part, patience))
            return std::unexpected(not_understood(part));
        more = comma != std::string_view::npos;
        text.remove_prefix(more ? comma + 1 : text.size());
    }
    return patience;
}

} // namespace otherend::cli
