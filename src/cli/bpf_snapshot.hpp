// SPDX-License-Identifier: MIT
// The snapshot as the kernel's own structures tell it, through BPF iterators.
#pragma once

#include "kernel/programs.hpp"
#include "model/graph.hpp"
#include "otherend/result.hpp"
#include "system/netns.hpp"
#include "system/procfs.hpp"

#include <optional>

namespace otherend::cli {

// With the first loader that works, if none is given. The error of the last attempt, whose class says whether
// privilege was missing.
Result<model::Graph> read_by_bpf(const system::Procfs& proc, system::NetworkNamespaces& namespaces,
                                 std::optional<kernel::Loader> loader);

} // namespace otherend::cli
