// SPDX-License-Identifier: MIT
#include "query/local_links.hpp"

namespace otherend::query {

Link local_link(const model::Graph& graph, model::SocketId id) {
    const auto& end = graph[id];
    const auto method = end.kind == Kind::pty ? Method::tty : Method::pipe;
    const auto other = end.peer ? graph.find(end.peer) : std::nullopt;
    const bool is_held = other && graph[*other].kind == end.kind && graph[*other].first_holder != model::none;
    if (is_held)
        return {.state = State::connected, .method = method, .other = other};
    const auto* local = graph.local_of(end);
    if (end.kind == Kind::pty && local != nullptr && local->device == 0 && !end.peer)
        return {.state = State::unknown, .method = method, .note = "which devpts it belongs to is not known"};
    if (!end.has_peer_fact)
        return {.state = State::unknown,
                .method = method,
                .note = "nobody was seen to hold the other end, but not everything could be looked at"};
    if (end.peer_open)
        return {.state = State::unknown,
                .method = method,
                .note = "something refers to the other end, but no descriptor that we can see"};
    // A terminal can be opened as long as its master is.
    const bool can_come =
        end.kind == Kind::pty && end.type == static_cast<std::uint8_t>(EndpointType::master);
    return {.state = can_come ? State::unconnected : State::closed, .method = method};
}

} // namespace otherend::query
