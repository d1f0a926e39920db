// SPDX-License-Identifier: MIT
// Which processes data can come from or go to, whatever they do with it.
#pragma once

#include "query/links.hpp"

#include <span>
#include <vector>

namespace otherend::query {

// The processes that hold these endpoints, or an end joined to one of them, or to any other end that such a process
// holds, and so on.
std::vector<Pid> processes_within_reach(const model::Graph& graph, const Links& links,
                                        std::span<const model::SocketId> from);

} // namespace otherend::query
