// SPDX-License-Identifier: MIT
// One direction of a tracked connection, as each of its packets has it (struct nf_conntrack_tuple).
#pragma once

#include "model/fact.hpp"

#include <cstdint>
#include <optional>

namespace otherend::system {

struct ConntrackTuple {
    IpEndpoint source, destination;
    std::uint8_t protocol = 0; // IPPROTO_*
};

// Absent unless it is TCP or UDP.
std::optional<Kind> kind_of_protocol(std::uint8_t protocol);

// Reports a connection of TCP or UDP whose replies are not its packets turned round.
void report_translation(const ConntrackTuple& original, const ConntrackTuple& reply, NetnsId netns,
                        const model::FactSink& sink);

} // namespace otherend::system
