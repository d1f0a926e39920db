// SPDX-License-Identifier: MIT
// What ctnetlink answers to a dump (ctnetlink_fill_info() in net/netfilter/nf_conntrack_netlink.c), as facts.
#pragma once

#include "model/fact.hpp"
#include "system/parse/netlink.hpp"

namespace otherend::system {

// Reports the TCP and UDP connections whose addresses or ports are translated, and no others.
void parse_conntrack(Bytes datagram, NetnsId netns, const model::FactSink& sink, DumpProgress& progress);

} // namespace otherend::system
