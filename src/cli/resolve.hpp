// SPDX-License-Identifier: MIT
// What the graph alone cannot know of a target: which object a path leads to, which namespace a name means.
#pragma once

#include "model/graph.hpp"
#include "query/target.hpp"
#include "system/procfs.hpp"

namespace otherend::cli {

// Before the snapshot. A path becomes the socket, terminal or FIFO that it leads to.
Result<void> resolve(query::Target& target);

// After it: a path in a container is looked up by one of the container's processes. An ambiguous name is an error of
// class usage; a container or path that is not there leaves the target as it is, which matches nothing.
Result<void> resolve_in_container(const system::Procfs& proc, const model::Graph& graph,
                                  query::Target& target);

} // namespace otherend::cli
