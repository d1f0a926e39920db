// SPDX-License-Identifier: MIT
// Facts as the sources report them: one function for each thing that can be seen in the kernel. A test changes in
// them what it is about.
#pragma once

#include "model/graph.hpp"

#include <vector>

namespace otherend::model::seen {

inline constexpr NetnsId home{4026531840};
inline constexpr NetnsId elsewhere{4026532000};
inline constexpr std::uint8_t tcp_close = 7;

// The n-th socket of a test; one that waits for accept() has no inode.
constexpr SocketRef nth(std::uint32_t n) {
    return {SockAddress{0xffff888000000000 + 0x400ULL * n}, Inode{70000 + n}};
}
constexpr SocketRef nth_embryo(std::uint32_t n) {
    return {nth(n).address, {}};
}

// -- what iter/unix says of a socket ----------------------------------------------------------------------

inline SocketFact idle(SocketRef self, EndpointType type = EndpointType::stream) {
    return {.socket = self,
            .peer = SocketRef{},
            .peer_peer = SockAddress{},
            .open = true,
            .has_file = true,
            .peer_open = false,
            .peer_is_unix = false,
            .netns = home,
            .type = static_cast<std::uint8_t>(type),
            .tcp_state = tcp_close,
            .queue_length = 0,
            .backlog_limit = 16,
            .tx_bytes = 0};
}

inline SocketFact listening(SocketRef self, std::uint64_t address_id, std::string_view name = "/run/server") {
    auto fact = idle(self);
    fact.tcp_state = Socket::tcp_listen;
    fact.address_id = address_id;
    fact.name = name;
    return fact;
}

// One end of a connection, or of a datagram pair. The other is said by the same with the two exchanged.
inline SocketFact joined(SocketRef self, SocketRef peer, EndpointType type = EndpointType::stream) {
    auto fact = idle(self, type);
    fact.peer = peer;
    fact.peer_peer = self.address;
    fact.peer_open = true;
    fact.peer_is_unix = true;
    fact.tcp_state = Socket::tcp_established;
    return fact;
}

inline SocketFact accepted(SocketRef self, SocketRef client, std::uint64_t address_id) {
    auto fact = joined(self, client);
    fact.address_id = address_id;
    fact.name = "/run/server";
    return fact;
}

// A datagram socket whose server does not send back.
inline SocketFact sending(SocketRef self, SocketRef server) {
    auto fact = joined(self, server, EndpointType::dgram);
    fact.peer_peer = SockAddress{};
    return fact;
}

// Connected, but its other end still waits for accept().
inline SocketFact waiting_client(SocketRef self, SocketRef embryo) {
    auto fact = joined(self, embryo);
    fact.peer_open = false;
    return fact;
}

// The end that waits. `listener` is empty on kernels that do not note it there.
inline SocketFact embryo(SocketRef self, SocketRef client, SocketRef listener, std::uint64_t address_id = 0) {
    auto fact = joined(self, client);
    fact.open = false;
    fact.has_file = false;
    fact.listener = listener.address;
    fact.address_id = address_id;
    if (address_id != 0)
        fact.name = "/run/server";
    return fact;
}

// Its peer has closed; the dead socket stays in memory as long as somebody points to it.
inline SocketFact survivor(SocketRef self, SockAddress dead, EndpointType type = EndpointType::stream) {
    auto fact = joined(self, {.address = dead}, type);
    fact.peer_peer = SockAddress{};
    fact.peer_open = false;
    return fact;
}

// -- what a walk from a socket says -----------------------------------------------------------------------

// The path it is bound to, leaf first and each part ended by NUL.
inline DetailFact lies_at(SocketRef self, std::string_view components) {
    return {.socket = self, .components = components, .whole = true};
}

inline DetailFact has_received(SocketRef self, std::uint32_t bytes) {
    return {.socket = self, .rx_bytes = bytes};
}

// -- what iter/task_file says of a descriptor -------------------------------------------------------------

inline HolderFact held(SocketRef socket, int pid, int fd, std::string_view comm = "server") {
    return {.socket = socket,
            .pid = Pid{pid},
            .tid = Pid{pid},
            .table = 0xffff888100000000 + static_cast<std::uint64_t>(pid) * 0x100,
            .fd = fd,
            .uid = 1000,
            .netns = home,
            .socket_netns = home,
            .type = static_cast<std::uint8_t>(EndpointType::stream),
            .comm = comm};
}

// By a thread, through a table that is not the one of its group's leader.
inline HolderFact held_by_thread(SocketRef socket, int pid, int tid, std::uint64_t table, int fd) {
    auto fact = held(socket, pid, fd);
    fact.tid = Pid{tid};
    fact.table = table;
    return fact;
}

inline RingFact ring(int pid, int fd, std::string_view comm = "server") {
    return {.pid = Pid{pid}, .tid = Pid{pid}, .fd = fd, .uid = 1000, .netns = home, .comm = comm};
}

// -- what sock_diag says: inodes, and no peer for an end without one ----------------------------------------

inline SocketFact by_diag(Inode self, Inode peer, EndpointType type = EndpointType::stream) {
    return {.source = Source::diag,
            .socket = {.inode = self},
            .peer = SocketRef{.inode = peer},
            .netns = home,
            .type = static_cast<std::uint8_t>(type),
            .tcp_state = is_set(peer) ? Socket::tcp_established : tcp_close};
}

// It has a peer that has no inode: dead, or not accepted yet.
inline SocketFact peer_lost_by_diag(Inode self, EndpointType type = EndpointType::stream) {
    auto fact = by_diag(self, {}, type);
    fact.peer_open = false;
    fact.tcp_state = Socket::tcp_established;
    return fact;
}

inline SocketFact listening_by_diag(Inode self, std::span<const Inode> waiting = {}) {
    auto fact = by_diag(self, {});
    fact.tcp_state = Socket::tcp_listen;
    fact.name = "/run/server";
    fact.waiting = waiting;
    return fact;
}

// ---------------------------------------------------------------------------------------------------------

inline Graph graph_of(const std::vector<Fact>& facts, Source primary = Source::bpf) {
    Graph graph(primary);
    for (const auto& fact : facts)
        graph.apply(fact);
    return graph;
}

// Throws if there is none.
inline SocketId id_of(const Graph& graph, SocketRef ref) {
    return graph.find(ref).value();
}
inline const Socket& at(const Graph& graph, SocketRef ref) {
    return graph[id_of(graph, ref)];
}

} // namespace otherend::model::seen
