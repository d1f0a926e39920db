// SPDX-License-Identifier: MIT
#include "cli/mptcp.hpp"

#include <vector>

namespace otherend::cli {

using model::Graph;
using model::Socket;
using model::SocketId;

namespace {

// Plain sockets are among them: what a descriptor tells of a socket that is closed or was raced looks the same.
bool may_be_connection(const Socket& socket) {
    const bool is_held = socket.first_holder != model::none;
    const bool is_listed = socket.reported && socket.tcp_state != static_cast<std::uint8_t>(TcpState::close);
    return socket.kind == Kind::tcp && is_held && !is_listed && !socket.gone && is_set(socket.self.inode);
}

bool may_be_subflow(const Socket& socket) {
    const bool is_held = socket.first_holder != model::none;
    return socket.kind == Kind::tcp && !is_held && socket.reported && !socket.gone &&
           is_set(socket.self.inode);
}

} // namespace

void hold_subflows(Graph& graph) {
    model::Map<std::uint64_t, SocketId> connections; // by inode
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (may_be_connection(socket))
            connections.emplace(number(socket.self.inode), id);
    });
    if (connections.empty())
        return;
    std::vector<model::SubflowFact> facts;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        if (!may_be_subflow(socket))
            return;
        if (const auto it = connections.find(number(socket.self.inode)); it != connections.end())
            facts.push_back({graph[it->second].self, socket.self});
    });
    for (const auto& fact : facts)
        graph.apply(fact);
}

} // namespace otherend::cli
