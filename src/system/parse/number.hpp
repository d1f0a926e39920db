// SPDX-License-Identifier: MIT
// Numbers in foreign text: the whole of it or nothing.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace otherend::system {

template <typename Integer> std::optional<Integer> parse_number(std::string_view text, int base = 10) {
    Integer value{};
    const auto [stop, error] = std::from_chars(text.begin(), text.end(), value, base);
    return error == std::errc{} && stop == text.end() ? std::optional(value) : std::nullopt;
}

} // namespace otherend::system
