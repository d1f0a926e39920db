// SPDX-License-Identifier: MIT
#include "cli/held.hpp"

#include "kernel/iterate.hpp"
#include "system/io_uring_files.hpp"

#include <map>
#include <string>
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

using Untold = std::map<std::pair<Pid, int>, std::uint64_t>; // sockets, by their ring

// Takes off what it tells of sockets that the graph knows.
Result<void> read_rings_by_bpf(Untold& untold, Graph& graph) {
    const auto program = kernel::load_rings();
    if (!program)
        return std::unexpected(program.error());
    return kernel::read_holders(*program, [&](const model::Fact& fact) {
        graph.apply(fact);
        const auto* file = std::get_if<model::RingFileFact>(&fact);
        if (file == nullptr || !graph.find({file->address, file->inode}))
            return;
        if (const auto ring = untold.find({file->pid, file->fd}); ring != untold.end() && ring->second > 0)
            --ring->second;
    });
}

} // namespace

void find_ring_holders(const system::Procfs& proc, Graph& graph) {
    if (sockets_without_holder(graph).empty())
        return;
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    Untold untold;
    for (const auto& ring : std::vector(graph.rings()))
        if (const auto count = system::report_ring_files(
                proc, {.pid = ring.owner.pid, .tid = ring.tid, .fd = ring.fd}, sink))
            untold[{ring.owner.pid, ring.fd}] += count; // of threads with tables of their own, too
    std::string why = "their inodes are not told before Linux 6.14";
    if (!untold.empty() && graph.primary() == model::Source::bpf)
        if (const auto read = read_rings_by_bpf(untold, graph); !read)
            why += ", and " + read.error().message;
    for (const auto& [ring, count] : untold)
        if (count > 0)
            sink(model::UnseenFact{"sockets registered with an io_uring", why, count});
}

} // namespace otherend::cli
