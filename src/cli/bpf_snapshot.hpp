// SPDX-License-Identifier: MIT
// The snapshot as the kernel's own structures tell it, through BPF iterators.
#pragma once

#include "kernel/programs.hpp"
#include "model/graph.hpp"
#include "system/netns.hpp"
#include "system/procfs.hpp"

namespace otherend::cli {

Result<void> read_by_bpf(kernel::Programs& programs, const system::Procfs& proc,
                         system::NetworkNamespaces& namespaces, model::Graph& graph);

} // namespace otherend::cli
