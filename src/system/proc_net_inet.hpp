// SPDX-License-Identifier: MIT
// The last resort, where neither BPF nor inet_diag is to be had: /proc/PID/net/tcp, tcp6, udp and udp6.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"
#include "system/procfs.hpp"

namespace otherend::system {

// Reports every socket of this kind, tcp or udp, of IPv4 and IPv6, of the network namespace that process `pid` is in
// and that the facts call `netns`.
Result<void> report_inet_tables(const Procfs& proc, Pid pid, Kind kind, NetnsId netns,
                                const model::FactSink& sink);

} // namespace otherend::system
