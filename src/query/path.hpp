// SPDX-License-Identifier: MIT
// From an endpoint to the final ends, both ways: peer, relay, its other end, peer …
#pragma once

#include "model/graph.hpp"
#include "otherend/path.hpp"
#include "query/links.hpp"
#include "query/relay.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace otherend::query {

// What is beyond is counted and said. Branches that nobody is known to relay to are told at the ends of the path only,
// not at the ends of branches: there they are counted.
struct PathLimits {
    std::size_t channels = 64; // one after the other
    std::size_t branches_at_an_end = 8;
    std::size_t branches = 32; // of a path in all
};

struct Paths {
    std::vector<Path> paths;
    std::vector<model::SocketId> apart; // endpoints without a channel: they listen, or are joined to nothing
};

// One path for each chain of channels that leads through one of the endpoints. Told from behind the endpoint to beyond
// its peer, unless only its beginning branches, or data moves only the other way.
Paths paths_through(const model::Graph& graph, const Links& links, std::span<const model::SocketId> ends,
                    const PathLimits& limits = {});

// The same, with other links than those of the graph.
Paths paths_through(const model::Graph& graph, const Links& links, const LinksOf& links_of,
                    std::span<const model::SocketId> ends, const PathLimits& limits = {});

} // namespace otherend::query
