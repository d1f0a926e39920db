// SPDX-License-Identifier: MIT
// Who holds which socket, from /proc/PID/fd.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"
#include "system/procfs.hpp"

namespace otherend::system {

// Reports each descriptor of every process that refers to a socket, of any family, or to an io_uring; each
// descriptor table once, also that of a process whose leader has exited and that of a thread with its own.
Result<void> report_descriptors(const Procfs& proc, const model::FactSink& sink);

} // namespace otherend::system
