// SPDX-License-Identifier: MIT
// The snapshot as the kernel's own structures tell it, through BPF iterators.
#pragma once

#include "model/graph.hpp"
#include "otherend/result.hpp"
#include "system/netns.hpp"
#include "system/procfs.hpp"

namespace otherend::cli {

// With the first loader that works. The error of the last attempt, whose class says whether privilege was missing.
Result<model::Graph> read_by_bpf(const system::Procfs& proc, system::NetworkNamespaces& namespaces);

} // namespace otherend::cli
