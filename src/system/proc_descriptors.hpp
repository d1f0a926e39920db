// SPDX-License-Identifier: MIT
// Who holds which socket, pipe and pty, from /proc/PID/fd.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"
#include "system/procfs.hpp"

namespace otherend::system {

struct DescriptorScope {
    bool pipes = true, ptys = true; // besides sockets
    bool lists_everybody = false;   // this /proc shows the processes of all users and pid namespaces
};

// Reports each descriptor of every process that refers to a socket, of any family, to a pipe or FIFO, to a pty, or to
// an io_uring; each descriptor table once, also that of a process whose leader has exited and that of a thread with its
// own. The ends of pipes and ptys follow at the end, with made-up addresses: see model::is_made_up(). The other end of
// one is said to be closed only if everything that could hold it was looked at.
Result<void> report_descriptors(const Procfs& proc, const DescriptorScope& scope,
                                const model::FactSink& sink);

} // namespace otherend::system
