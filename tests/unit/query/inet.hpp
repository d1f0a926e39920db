// SPDX-License-Identifier: MIT
// TCP and UDP sockets as the sources report them, by one line each.
#pragma once

#include "../model/seen.hpp"
#include "base/ip_text.hpp"

#include <string_view>

namespace otherend::query {

using model::InetFact;

// One that is open and held by nobody, so that it stands for itself.
inline InetFact inet(std::uint32_t n, Kind kind, std::string_view local, std::string_view remote,
                     TcpState state) {
    InetFact fact{.socket = model::seen::nth(n),
                  .kind = kind,
                  .netns = model::seen::home,
                  .local = parse_ip_endpoint(local).value(),
                  .open = true};
    if (!remote.empty())
        fact.remote = parse_ip_endpoint(remote).value();
    fact.tcp.state = state;
    return fact;
}

inline InetFact tcp(std::uint32_t n, std::string_view local, std::string_view remote,
                    TcpState state = TcpState::established) {
    return inet(n, Kind::tcp, local, remote, state);
}
inline InetFact tcp_listener(std::uint32_t n, std::string_view local) {
    return inet(n, Kind::tcp, local, "", TcpState::listen);
}
inline InetFact dual_stack_listener(std::uint32_t n, std::string_view local) {
    auto fact = tcp_listener(n, local);
    fact.tcp.dual_stack = true;
    return fact;
}
inline InetFact udp(std::uint32_t n, std::string_view local, std::string_view remote = "") {
    return inet(n, Kind::udp, local, remote, remote.empty() ? TcpState::close : TcpState::established);
}

inline InetFact in(NetnsId netns, InetFact fact) {
    fact.netns = netns;
    return fact;
}

// The ends of one connection, which TcpSequence explains: what the one that dialled began with is x, the other's is y.
inline InetFact dialled(InetFact fact, std::uint32_t x, std::uint32_t y) {
    fact.sequence = {.sent = x, .received = y};
    return fact;
}
inline InetFact accepted_by(InetFact fact, std::uint32_t x, std::uint32_t y) {
    fact.sequence = {.sent = y, .received = x + 1};
    return fact;
}

// Without a descriptor, and an inode: it waits for accept(), or is what close() left.
inline InetFact unheld(InetFact fact, model::SocketRef listener = {}) {
    fact.socket = {fact.socket.address, {}};
    fact.open = false;
    fact.listener = listener.address;
    return fact;
}

inline model::ConntrackFact translation(std::string_view source, std::string_view destination,
                                        std::string_view reply_source, std::string_view reply_destination) {
    return {.netns = model::seen::home,
            .kind = Kind::tcp,
            .original_source = parse_ip_endpoint(source).value(),
            .original_destination = parse_ip_endpoint(destination).value(),
            .reply_source = parse_ip_endpoint(reply_source).value(),
            .reply_destination = parse_ip_endpoint(reply_destination).value()};
}

} // namespace otherend::query
