// SPDX-License-Identifier: MIT
// The other ends of ptys and pipes: the kernel has them by pointer, so all there is to tell is who is still there.
#pragma once

#include "model/graph.hpp"
#include "query/link.hpp"

namespace otherend::query {

Link local_link(const model::Graph& graph, model::SocketId id);

} // namespace otherend::query
