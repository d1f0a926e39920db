// SPDX-License-Identifier: MIT
// All sockets of the network namespaces that were met: held or not, the kernel lists them.
#pragma once

#include "kernel/programs.hpp"
#include "model/graph.hpp"
#include "otherend/result.hpp"
#include "system/netns.hpp"

#include <functional>
#include <set>
#include <span>

namespace otherend::cli {

// Calls `visit` in every network namespace that was met, and in those besides. What cannot be entered is counted, the
// others are returned.
std::set<NetnsId> visit_namespaces(system::NetworkNamespaces& namespaces, model::Graph& graph,
                                   const std::function<Result<void>()>& visit,
                                   std::span<const NetnsId> besides = {});

void read_sockets(const kernel::NamespaceProgram& program, system::NetworkNamespaces& namespaces,
                  model::Graph& graph);

// What takes a walk to learn, of all sockets in the namespaces of those that are wanted. The last error, if any.
Result<void> read_details(const kernel::NamespaceProgram& program, const std::set<model::SocketId>& wanted,
                          system::NetworkNamespaces& namespaces, model::Graph& graph);

} // namespace otherend::cli
