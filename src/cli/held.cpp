// SPDX-License-Identifier: MIT
#include "cli/held.hpp"

#include "kernel/iterate.hpp"
#include "system/io_uring_files.hpp"

#include <algorithm>
#include <map>
#include <variant>

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

namespace {

// Returns how many sockets it told of, as often as fdinfo would.
std::uint64_t read_rings_by_bpf(Graph& graph) {
    const auto program = kernel::load_rings();
    if (!program)
        return 0;
    std::uint64_t told = 0;
    const auto read = kernel::read_holders(*program, [&](const model::Fact& fact) {
        told += std::holds_alternative<model::RingFileFact>(fact);
        graph.apply(fact);
    });
    return read ? told : 0;
}

} // namespace

void find_ring_holders(const system::Procfs& proc, Graph& graph) {
    if (sockets_without_holder(graph).empty())
        return;
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    std::uint64_t unnumbered = 0;
    for (const auto& ring : std::vector(graph.rings()))
        unnumbered +=
            system::report_ring_files(proc, {.pid = ring.owner.pid, .tid = ring.tid, .fd = ring.fd}, sink);
    if (unnumbered > 0 && graph.primary() == model::Source::bpf)
        unnumbered -= std::min(unnumbered, read_rings_by_bpf(graph));
    if (unnumbered > 0)
        sink(model::UnseenFact{"sockets registered with an io_uring",
                               "this kernel does not tell their inodes (fdinfo, Linux 6.14)", unnumbered});
}

} // namespace otherend::cli
