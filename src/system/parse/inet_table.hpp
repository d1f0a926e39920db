// SPDX-License-Identifier: MIT
// /proc/net/tcp, tcp6, udp and udp6 (get_tcp4_sock() in net/ipv4/tcp_ipv4.c and its like) as facts.
#pragma once

#include "model/fact.hpp"

#include <cstdint>
#include <string_view>

namespace otherend::system {

// `kind` is tcp or udp, and `ticks_per_second` that of the clock timers are told in: sysconf(_SC_CLK_TCK). Returns
// how many lines are no row. What the table does not tell: the limit of a backlog, the scope of an address, and
// whether a listener takes IPv4 as well.
std::uint64_t parse_inet_table(std::string_view text, Kind kind, NetnsId netns,
                               std::uint32_t ticks_per_second, const model::FactSink& sink);

} // namespace otherend::system
