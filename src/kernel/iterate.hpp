// SPDX-License-Identifier: MIT
// Runs an iterator program once and hands over what it found.
#pragma once

#include "base/fd.hpp"
#include "model/fact.hpp"
#include "otherend/result.hpp"

namespace otherend::kernel {

// Reads one whole pass of the iterator `program`. A pass of iter/task_file covers the pid namespace, one of
// iter/unix the network namespace, of the calling thread. Malformed records become an UnseenFact.
Result<void> iterate(const Fd& program, const model::FactSink& sink);

} // namespace otherend::kernel
