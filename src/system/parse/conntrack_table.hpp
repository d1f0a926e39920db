// SPDX-License-Identifier: MIT
// /proc/net/nf_conntrack (ct_seq_show() in net/netfilter/nf_conntrack_standalone.c) as facts.
#pragma once

#include "model/fact.hpp"

#include <cstdint>
#include <string_view>

namespace otherend::system {

// Reports the TCP and UDP connections whose addresses or ports are translated, and no others. Returns how many lines
// are no row.
std::uint64_t parse_conntrack_table(std::string_view text, NetnsId netns, const model::FactSink& sink);

} // namespace otherend::system
