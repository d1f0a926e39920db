// SPDX-License-Identifier: MIT
// Sockets that are open although no descriptor refers to them, and who else may hold them.
#pragma once

#include "model/graph.hpp"
#include "system/procfs.hpp"

#include <set>

namespace otherend::cli {

// Open, with a file, and neither held by a descriptor or an io_uring nor carried by a message.
std::set<model::SocketId> sockets_without_holder(const model::Graph& graph);

// Of those, the ones whose opener's descriptors we may look at: for the others a second look finds nothing either.
std::set<model::SocketId> worth_a_second_look(const system::Procfs& proc, const model::Graph& graph);

// Looks into the io_urings of the host, if there is a socket to be found. What their fdinfo does not tell is asked of
// the kernel's structures, with BPF as the source, or counted.
void find_ring_holders(const system::Procfs& proc, model::Graph& graph);

} // namespace otherend::cli
