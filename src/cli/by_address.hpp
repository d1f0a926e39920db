// SPDX-License-Identifier: MIT
// Sockets that can be reached from those that have descriptors, where the kernel lists no others: peers, what is in
// flight on them, who waits for accept().
#pragma once

#include "kernel/programs.hpp"
#include "model/graph.hpp"
#include "otherend/result.hpp"

#include <functional>
#include <set>

namespace otherend::cli {

// Goes on until no socket leads to one that is not known. Has the details read of those that have some: they may
// lead to more.
using DetailsReader = std::function<void(const std::set<model::SocketId>& wanted)>;
Result<void> reach_sockets(const kernel::AddressProgram& program, const DetailsReader& read_details,
                           model::Graph& graph);

// What takes a walk to learn, of these sockets.
Result<void> reach_details(const kernel::AddressProgram& program, const std::set<model::SocketId>& wanted,
                           model::Graph& graph);

} // namespace otherend::cli
