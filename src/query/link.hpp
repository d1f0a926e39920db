// SPDX-License-Identifier: MIT
// What is known of one end's relation to another.
#pragma once

#include "model/graph.hpp"

#include <optional>
#include <string>

namespace otherend::query {

struct Link {
    State state = State::unconnected;
    Method method = Method::pointer;
    std::optional<model::SocketId> other;
    std::string note;
    bool backward = false;         // it is the other socket that points here
    std::optional<IpEndpoint> far; // address of the other end, where it was not found on this host
};

} // namespace otherend::query
