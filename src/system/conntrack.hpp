// SPDX-License-Identifier: MIT
// The NAT table of a network namespace: which TCP and UDP connections have other addresses at their other end.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"
#include "system/procfs.hpp"

namespace otherend::system {

// Reports the translated connections of the network namespace the calling thread is in, which the facts call `netns`,
// by ctnetlink or, where the kernel has none, by /proc/net/nf_conntrack. Loads no module, and takes no dump, where
// nothing is tracked. `self` is the calling thread. Fails with not_permitted without CAP_NET_ADMIN there.
Result<void> report_translations(const Procfs& proc, Pid self, NetnsId netns, const model::FactSink& sink);

// The first of the two ways.
Result<void> dump_conntrack(NetnsId netns, const model::FactSink& sink);

// The second, of the network namespace that process `pid` is in.
Result<void> report_conntrack_table(const Procfs& proc, Pid pid, NetnsId netns, const model::FactSink& sink);

// Why a dump ended with this errno.
Error conntrack_error(int saved_errno);

} // namespace otherend::system
