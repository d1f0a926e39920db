// SPDX-License-Identifier: MIT
#include "cli/held.hpp"

#include "system/io_uring_files.hpp"

#include <map>

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

std::set<SocketId> worth_a_second_look(const system::Procfs& proc, const Graph& graph) {
    auto missing = sockets_without_holder(graph);
    std::map<Pid, bool> hidden;
    std::erase_if(missing, [&](SocketId id) {
        const auto peer = graph.find(graph[id].peer);
        if (!peer || !graph[*peer].has_credentials)
            return false;
        const auto opener = graph[*peer].peer_credentials.pid;
        const auto [known, added] = hidden.try_emplace(opener, false);
        if (added) {
            const auto link = proc.read_link(system::directory_of(opener) + "/fd/0");
            known->second = !link && link.error().kind == ErrorClass::not_permitted;
        }
        return known->second;
    });
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
