// SPDX-License-Identifier: MIT
#include "system/socket_count.hpp"

#include "system/parse/number.hpp"

#include <string_view>

namespace otherend::system {

std::optional<std::uint64_t> socket_count(const Procfs& proc) {
    constexpr std::string_view before = "sockets: used ";
    const auto text = proc.read("self/net/sockstat");
    if (!text || !text->starts_with(before))
        return std::nullopt;
    const auto rest = std::string_view(*text).substr(before.size());
    return parse_number<std::uint64_t>(rest.substr(0, rest.find('\n')));
}

} // namespace otherend::system
