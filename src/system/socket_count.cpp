// SPDX-License-Identifier: MIT
#include "system/socket_count.hpp"

#include <charconv>
#include <string_view>

namespace otherend::system {

std::optional<std::uint64_t> socket_count(const Procfs& proc) {
    constexpr std::string_view before = "sockets: used ";
    const auto text = proc.read("self/net/sockstat");
    if (!text || !text->starts_with(before))
        return std::nullopt;
    std::uint64_t count = 0;
    const auto* begin = text->data() + before.size();
    const auto [end, error] = std::from_chars(begin, text->data() + text->size(), count);
    return error == std::errc{} ? std::optional(count) : std::nullopt;
}

} // namespace otherend::system
