// SPDX-License-Identifier: MIT
#include "system/parse/conntrack_tuple.hpp"

#include <netinet/in.h>

namespace otherend::system {

std::optional<Kind> kind_of_protocol(std::uint8_t protocol) {
    if (protocol == IPPROTO_TCP)
        return Kind::tcp;
    return protocol == IPPROTO_UDP ? std::optional(Kind::udp) : std::nullopt;
}

void report_translation(const ConntrackTuple& original, const ConntrackTuple& reply, NetnsId netns,
                        const model::FactSink& sink) {
    const auto kind = kind_of_protocol(original.protocol);
    if (!kind || (reply.source == original.destination && reply.destination == original.source))
        return;
    sink(model::ConntrackFact{
        .netns = netns,
        .kind = *kind,
        .original_source = original.source,
        .original_destination = original.destination,
        .reply_source = reply.source,
        .reply_destination = reply.destination,
    });
}

} // namespace otherend::system
