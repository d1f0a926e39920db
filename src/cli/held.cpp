// SPDX-License-Identifier: MIT
#include "cli/held.hpp"

#include "system/io_uring_files.hpp"

namespace otherend::cli {

using model::Graph;
using model::Socket;
using model::SocketId;

std::set<SocketId> sockets_without_holder(const Graph& graph) {
    std::set<SocketId> missing;
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        const bool held = socket.first_holder != model::none || !socket.has_file;
        if (socket.reported && socket.open && !socket.gone && !held)
            missing.insert(id);
    });
    for (const auto& flight : graph.flights())
        missing.erase(flight.socket);
    return missing;
}

void find_ring_holders(const system::Procfs& proc, Graph& graph) {
    if (sockets_without_holder(graph).empty())
        return;
    for (const auto& ring : std::vector(graph.rings()))
        system::report_ring_files(proc, {.pid = ring.owner.pid, .tid = ring.tid, .fd = ring.fd},
                                  [&](const model::Fact& fact) { graph.apply(fact); });
}

} // namespace otherend::cli
