// SPDX-License-Identifier: MIT
#include "system/socket_count.hpp"

#include "system/parse/number.hpp"

#include <string_view>

namespace otherend::system {

namespace {

// "TCP: inuse 5 orphan 0 tw 0 alloc 9 mem 1" says 0 of " tw ".
bool says_none(std::string_view line, std::string_view of) {
    const auto at = line.find(of);
    if (at == std::string_view::npos)
        return false;
    const auto number = line.substr(at + of.size());
    return number.substr(0, number.find(' ')) == "0";
}

// sockstat_seq_show() in net/ipv4/proc.c, sockstat6_seq_show() in net/ipv6/proc.c
std::string_view line_of(std::string_view protocol, std::string_view text) {
    const auto at = text.find(protocol);
    return at == std::string_view::npos ? "" : text.substr(at, text.find('\n', at) - at);
}

} // namespace

std::optional<std::uint64_t> socket_count(const Procfs& proc) {
    constexpr std::string_view before = "sockets: used ";
    const auto text = proc.read("self/net/sockstat");
    if (!text || !text->starts_with(before))
        return std::nullopt;
    const auto rest = std::string_view(*text).substr(before.size());
    return parse_number<std::uint64_t>(rest.substr(0, rest.find('\n')));
}

bool may_have_tcp(const Procfs& proc) {
    const auto ipv4 = proc.read("thread-self/net/sockstat").value_or("");
    const auto ipv6 = proc.read("thread-self/net/sockstat6"); // absent without IPv6
    const auto tcp = line_of("TCP:", ipv4);
    const bool has_none = says_none(tcp, " inuse ") && says_none(tcp, " tw ");
    return !has_none || (ipv6 && !says_none(line_of("TCP6:", *ipv6), " inuse "));
}

} // namespace otherend::system
