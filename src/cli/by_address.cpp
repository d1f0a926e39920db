// SPDX-License-Identifier: MIT
#include "cli/by_address.hpp"

#include "kernel/iterate.hpp"

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

Result<void> read_at(const kernel::AddressProgram& program, const std::vector<SockAddress>& addresses,
                     Graph& graph) {
    return kernel::read_sockets(program, addresses, [&](const model::Fact& fact) { graph.apply(fact); });
}

} // namespace

Result<void> reach_sockets(const kernel::AddressProgram& program, const DetailsReader& read_details,
                           Graph& graph) {
    std::set<SockAddress> asked;
    for (auto fresh = not_asked_for(graph, asked); !fresh.empty(); fresh = not_asked_for(graph, asked)) {
        if (auto read = read_at(program, fresh, graph); !read)
            return read;
        read_details(with_details(graph, fresh));
    }
    return {};
}

Result<void> reach_details(const kernel::AddressProgram& program, const std::set<SocketId>& wanted,
                           Graph& graph) {
    std::vector<SockAddress> addresses;
    for (const auto id : wanted)
        addresses.push_back(graph[id].self.address);
    return read_at(program, addresses, graph);
}

} // namespace otherend::cli
