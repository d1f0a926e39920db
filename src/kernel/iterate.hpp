// SPDX-License-Identifier: MIT
// Runs the iterator programs and hands over what they found. A fact may come twice, and in any order.
#pragma once

#include "kernel/programs.hpp"
#include "model/fact.hpp"
#include "otherend/result.hpp"

#include <span>

namespace otherend::kernel {

// Every descriptor of every process in the pid namespace of the calling thread, or every file of their io_urings.
Result<void> read_holders(const Fd& program, const model::FactSink& sink);

// Every UNIX socket of the network namespace of the calling thread, or what hangs on them. Where the ring buffer does
// not take all at once it takes several passes.
Result<void> read_sockets(const NamespaceProgram& program, const model::FactSink& sink);

// The UNIX sockets at these addresses, or what hangs on them; nothing of an address where none is any more.
Result<void> read_at(const AddressProgram& program, std::span<const SockAddress> addresses,
                     const model::FactSink& sink);

} // namespace otherend::kernel
