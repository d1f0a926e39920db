// SPDX-License-Identifier: MIT
// The last resort, where neither BPF nor unix_diag is to be had: /proc/PID/net/unix. Sockets, but no peers.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"
#include "system/procfs.hpp"

namespace otherend::system {

// Reports every socket of the network namespace that process `pid` is in and that the facts call `netns`.
Result<void> report_unix_table(const Procfs& proc, Pid pid, NetnsId netns, const model::FactSink& sink);

} // namespace otherend::system
