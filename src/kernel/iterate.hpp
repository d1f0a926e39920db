// SPDX-License-Identifier: MIT
// Runs an iterator program once and hands over what it found.
#pragma once

#include "kernel/programs.hpp"
#include "model/fact.hpp"
#include "otherend/result.hpp"

namespace otherend::kernel {

// Every descriptor of every process in the pid namespace of the calling thread.
Result<void> read_holders(const Programs& programs, const model::FactSink& sink);

// Every UNIX socket of the network namespace of the calling thread. Where the ring buffer does not take them all at
// once it takes several passes; a fact may come twice.
Result<void> read_sockets(const Programs& programs, const model::FactSink& sink);

} // namespace otherend::kernel
