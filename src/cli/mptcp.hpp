// SPDX-License-Identifier: MIT
// MPTCP: descriptors refer to a connection that no table lists, the tables list its subflows, and what both have in
// common is the inode.
#pragma once

#include "model/graph.hpp"

namespace otherend::cli {

// Once holders and TCP sockets were read by BPF: who holds a connection holds each of its subflows, which stand for it.
// One without subflows stays, as a TCP socket that is not connected.
void hold_subflows(model::Graph& graph);

} // namespace otherend::cli
