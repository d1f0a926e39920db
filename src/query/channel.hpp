// SPDX-License-Identifier: MIT
// The hops of a path as values: a channel from one of its ends, a relay from the end before it to the one after.
#pragma once

#include "model/graph.hpp"
#include "otherend/path.hpp"
#include "query/links.hpp"
#include "query/relay.hpp"

#include <optional>
#include <vector>

namespace otherend::query {

struct Told { // a channel, and where it leads
    Channel channel;
    std::optional<model::SocketId> far;
    PathEnd dead_end; // without a far end: why
};

Told channel_from(const model::Graph& graph, const Links& links, model::SocketId near, const Link& link);

// A way on from an end: the other end of a pairing, and who has both.
struct Way {
    model::SocketId to{};
    Relay relay;
};

// Adds what `process` does to the ways on from `end`. Processes that share both ends are one relay.
void add_way(const model::Graph& graph, const Links& links, model::SocketId end, model::ProcessId process,
             const Pairing& pairing, std::vector<Way>& ways);

// A process that holds both ends, and is not known to relay between them.
Way way_of_holder(const model::Graph& graph, const Links& links, model::SocketId end,
                  model::ProcessId process, model::SocketId to);

// The same hops told from the other side.
std::vector<Hop> reversed(std::vector<Hop> hops);

} // namespace otherend::query
