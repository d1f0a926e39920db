// SPDX-License-Identifier: MIT
// Whether the paths that sockets are bound to still lead to them.
#pragma once

#include "model/graph.hpp"
#include "system/procfs.hpp"

#include <set>

namespace otherend::cli {

// Looks up every name that is not known to be live yet. Before the paths of lost names have been asked for, only
// those that are live are sure.
enum class Verdicts { live, all };
void find_names(const system::Procfs& proc, Verdicts verdicts, model::Graph& graph);

// Those whose names did not lead to them, one for each name.
std::set<model::SocketId> sockets_with_lost_names(const model::Graph& graph);

} // namespace otherend::cli
