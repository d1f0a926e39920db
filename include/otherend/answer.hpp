// SPDX-License-Identifier: MIT
// What the resolver answers, as plain values: they outlive the snapshot and know nothing of the screen.
//
// Absent is std::nullopt or an empty container, never 0. Names are the kernel's bytes: they may hold newlines,
// NULs and invalid UTF-8, and are escaped by whoever prints them.
#pragma once

#include "otherend/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace otherend {

enum class Kind : std::uint8_t { unix_socket };
enum class SocketType : std::uint8_t { stream = 1, dgram = 2, seqpacket = 5 }; // SOCK_* of <sys/socket.h>

// How two endpoints stand to each other, and how one stands on its own.
enum class State : std::uint8_t {
    connected,
    pending,    // connected, but accept() has not taken it yet
    connecting, // asleep in connect() because the listener's backlog is full
    closed,     // the other end is gone
    inflight,   // referred to only by a descriptor inside a message
    listening,
    unconnected,
    raced,   // changed while we looked
    unknown, // see the edge's note
};

enum class Method : std::uint8_t { pointer, diag, inferred }; // how an edge is known
enum class Via : std::uint8_t { fd, inflight, io_uring, kernel };
enum class NameState : std::uint8_t { live, unlinked, replaced, hidden };

struct Holder {
    Via via = Via::fd;
    Pid pid{};
    std::optional<Pid> tid; // only if the thread has a descriptor table of its own
    int fd = -1;            // of the io_uring for Via::io_uring, -1 where there is none
    std::string comm;
    std::string exe; // empty if not asked for or not readable
    std::uint32_t uid = 0;
    NetnsId netns{};
    std::optional<Inode> carrier; // Via::inflight: the socket in whose queue the message waits
};

struct Edge {
    State state = State::unknown;
    Method method = Method::pointer;
    std::optional<Inode> inode; // absent for an end that has none yet (pending) or any more (closed)
    std::optional<SockAddress> address;
    NetnsId netns{};
    std::string name; // bound name of the peer, see Endpoint::name
    std::vector<Holder> holders;
    std::optional<bool> verified; // whether a second source says the same; absent if none was asked
    std::string note; // one clause for people: the reason of unknown, or what a second source says
};

struct Opener { // credentials the kernel took at connect(), listen() or socketpair()
    Pid pid{};
    std::uint32_t uid = 0;
};

struct Listener {
    Inode inode{};
    std::string name;
    std::vector<Holder> holders;
};

struct Endpoint {
    Kind kind = Kind::unix_socket;
    SocketType type = SocketType::stream;
    State state = State::unknown;
    std::optional<Inode> inode; // absent for an end that waits for accept()
    std::optional<Cookie> cookie;
    std::optional<SockAddress> address;
    NetnsId netns{};
    std::string name; // path, or abstract name with its leading NUL; empty if unnamed
    std::optional<NameState> name_state;
    std::optional<std::uint32_t> rx_queue, tx_queue; // bytes
    std::optional<std::uint32_t> backlog, backlog_limit;
    std::vector<Holder> holders;
    std::optional<Opener> opener;
    std::optional<Listener> listener; // of an accepted or waiting end
    std::vector<Edge> peers;
};

struct Unseen { // what an answer could not look at
    std::string what;
    std::string why;
    std::uint64_t count = 0;
};

} // namespace otherend
