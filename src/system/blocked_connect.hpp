// SPDX-License-Identifier: MIT
// Which descriptor a task is connecting: BPF tells that it sleeps until a listener has room, not for which socket.
#pragma once

#include "model/fact.hpp"
#include "system/procfs.hpp"

#include <optional>

namespace otherend::system {

// Absent unless the task sleeps in connect(2), and we may know (it takes the right to ptrace it).
std::optional<model::BlockedFact> blocked_connect(const Procfs& proc, Pid tgid, Pid tid);

} // namespace otherend::system
