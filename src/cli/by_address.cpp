// SPDX-License-Identifier: MIT
#include "cli/by_address.hpp"

#include "kernel/iterate.hpp"

#include <map>
#include <vector>

namespace otherend::cli {

using model::Graph;
using model::Socket;
using model::SocketId;

namespace {

// Adds those that the graph speaks of and that were not asked for before.
std::vector<SockAddress> not_asked_for(const Graph& graph, std::set<SockAddress>& asked) {
    std::vector<SockAddress> fresh;
    const auto add = [&](SockAddress address) {
        if (is_set(address) && asked.insert(address).second)
            fresh.push_back(address);
    };
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        add(socket.self.address);
        add(socket.peer.address);
        add(socket.listener);
    });
    return fresh;
}

std::set<SocketId> with_details(const Graph& graph, const std::vector<SockAddress>& among) {
    std::set<SocketId> found;
    for (const auto address : among)
        if (const auto id = graph.find({.address = address}); id && graph[*id].has_details)
            found.insert(*id);
    return found;
}

Result<void> read_into(Graph& graph, const kernel::AddressProgram& program,
                       const std::vector<SockAddress>& addresses) {
    return kernel::read_at(program, addresses, [&](const model::Fact& fact) { graph.apply(fact); });
}

// The embryos behind the end of a walk over a backlog are met through their clients. They bear the address of the
// listener they wait for, and nobody else who listens does.
void find_listeners(Graph& graph) {
    std::map<std::uint64_t, model::SocketRef> listeners;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        if (socket.is_listening() && !socket.gone)
            listeners.emplace(socket.address_id, socket.self);
    });
    std::vector<model::QueuedFact> queued;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        const auto listener = listeners.find(socket.address_id);
        const bool waits = socket.reported && !socket.open && !is_set(socket.listener);
        if (waits && !socket.gone && socket.address_id != 0 && listener != listeners.end())
            queued.push_back({listener->second, socket.self, {}});
    });
    for (const auto& fact : queued)
        graph.apply(fact);
}

// Every address of these namespaces that the graph speaks of was asked for: what was not there is gone.
void say_where_we_were(Graph& graph) {
    std::set<NetnsId> where;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        where.insert(socket.netns);
        where.insert(socket.peer_netns);
    });
    for (const auto netns : where)
        graph.apply(model::VisitedFact{model::Source::bpf, netns});
}

} // namespace

Result<void> reach_sockets(const kernel::AddressProgram& program, const DetailsReader& read_details,
                           Graph& graph) {
    std::set<SockAddress> asked;
    for (auto fresh = not_asked_for(graph, asked); !fresh.empty(); fresh = not_asked_for(graph, asked)) {
        if (auto read = read_into(graph, program, fresh); !read)
            return read;
        read_details(with_details(graph, fresh));
    }
    find_listeners(graph);
    say_where_we_were(graph);
    return {};
}

Result<void> reach_details(const kernel::AddressProgram& program, const std::set<SocketId>& wanted,
                           Graph& graph) {
    std::vector<SockAddress> addresses;
    for (const auto id : wanted)
        addresses.push_back(graph[id].self.address);
    return read_into(graph, program, addresses);
}

} // namespace otherend::cli
