// SPDX-License-Identifier: MIT
// The endpoints of one process, and which of them count when it is asked what it relays (rules 1 and 2 of relay.hpp).
#pragma once

#include "model/graph.hpp"
#include "query/links.hpp"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace otherend::query {

struct ProcessEnd {
    model::SocketId id{};
    Kind kind = Kind::unix_socket;
    EndpointType type = EndpointType::none;
    std::vector<int> fds;                 // by which the process holds it
    std::optional<model::SocketId> other; // the other end of its channel
    bool is_joined = false;               // data can pass through it
    bool is_log = false;                  // what the process says of itself, not what it passes on
    bool counts = false;

    [[nodiscard]] bool is_on(int fd) const;
    [[nodiscard]] bool is_only_on(std::initializer_list<int> some) const;
    [[nodiscard]] bool is_standard() const { return is_on(0) || is_on(1); }
    // Of a pty. Who makes one often keeps its slave open as well, to outlive those who come and go there.
    [[nodiscard]] bool is_master() const { return kind == Kind::pty && type == EndpointType::master; }
    [[nodiscard]] bool is_pipe() const { return kind == Kind::pipe; }
    [[nodiscard]] bool is_terminal() const; // of the process: it has it as a standard descriptor
    [[nodiscard]] bool reads() const { return type != EndpointType::write; }
    [[nodiscard]] bool writes() const { return type != EndpointType::read; }
};

using ProcessEnds = std::vector<ProcessEnd>;

// Those of `process` among `ids`, which it holds.
ProcessEnds ends_of(const model::Graph& graph,
                    const std::function<std::vector<Link>(model::SocketId)>& links_of,
                    model::ProcessId process, std::span<const model::SocketId> ids);

// Whether they are two sessions of one service: accepted at one address, or connected to one address.
bool are_alike(const model::Graph& graph, const ProcessEnd& a, const ProcessEnd& b);

} // namespace otherend::query
