// SPDX-License-Identifier: MIT
// TCP and UDP sockets, ptys and pipes, read by BPF.
#pragma once

#include "cli/request.hpp"
#include "model/graph.hpp"
#include "system/netns.hpp"
#include "system/procfs.hpp"

namespace otherend::cli {

// Whether the look is about any of them.
bool wants_channels(const Look& look);

// The kinds that the look wants, of every network namespace that was met.
Result<void> read_channels(const Look& look, const system::Procfs& proc,
                           system::NetworkNamespaces& namespaces, model::Graph& graph);

} // namespace otherend::cli
