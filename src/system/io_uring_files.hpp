// SPDX-License-Identifier: MIT
// Sockets that only an io_uring holds: registered with it, their descriptors may be closed.
#pragma once

#include "model/fact.hpp"
#include "system/procfs.hpp"

namespace otherend::system {

// `ring` may turn out to be another kind of anonymous inode, which holds nothing. Returns how many UNIX sockets it
// holds whose inodes it does not tell (before Linux 6.14).
std::uint64_t report_ring_files(const Procfs& proc, const model::RingFact& ring, const model::FactSink& sink);

} // namespace otherend::system
