// SPDX-License-Identifier: MIT
// From graph to answer: one socket as the value that is printed.
#pragma once

#include "model/graph.hpp"
#include "otherend/answer.hpp"
#include "query/links.hpp"

namespace otherend::query {

// Overwrites `out`, whose strings and vectors are reused: a listing describes a hundred thousand sockets.
void describe(const model::Graph& graph, const Links& links, model::SocketId id, Endpoint& out);

} // namespace otherend::query
