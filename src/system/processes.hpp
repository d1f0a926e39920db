// SPDX-License-Identifier: MIT
// The processes of the host, whether they hold an endpoint or not.
#pragma once

#include "model/fact.hpp"
#include "system/procfs.hpp"

#include <optional>

namespace otherend::system {

// As its thread `tid` shows it. Absent if it has exited.
std::optional<model::ProcessFact> read_process(const Procfs& proc, Pid pid, Pid tid);

// All but ourselves.
void report_processes(const Procfs& proc, const model::FactSink& sink);

} // namespace otherend::system
