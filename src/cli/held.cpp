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
    for (const auto& ring : std::vector(graph.rings())) {
        const auto link = system::directory_of(ring.pid, ring.tid) + "/fd/" + std::to_string(ring.fd);
        if (proc.read_link(link) == "anon_inode:[io_uring]")
            system::report_ring_files(proc, ring, [&](const model::Fact& fact) { graph.apply(fact); });
    }
}

} // namespace otherend::cli
