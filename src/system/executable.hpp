// SPDX-License-Identifier: MIT
// What a process runs.
#pragma once

#include "model/fact.hpp"
#include "system/procfs.hpp"

namespace otherend::system {

// Reports nothing for a kernel thread, a process that is gone, or one we may not look at. The path of a file that
// was removed ends in " (deleted)" (proc(5)).
void report_executable(const Procfs& proc, Pid pid, const model::FactSink& sink);

} // namespace otherend::system
