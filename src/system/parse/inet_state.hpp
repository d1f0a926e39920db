// SPDX-License-Identifier: MIT
// The kernel's numbers for states and timers, which sock_diag and /proc/net share, and what ends have in common.
#pragma once

#include "otherend/answer.hpp"

#include <optional>

namespace otherend::system {

// Of <net/tcp_states.h>, which UDP borrows from (TCP_ESTABLISHED once connected, else TCP_CLOSE). Absent if there is
// no such state.
inline std::optional<TcpState> state_of(Kind kind, std::uint32_t code) {
    if (code < number(TcpState::established) || code > number(TcpState::new_syn_recv))
        return std::nullopt;
    const auto state = static_cast<TcpState>(code);
    const bool connected = state == TcpState::established;
    return kind == Kind::tcp || connected ? state : TcpState::close;
}

// Of get_tcp4_sock() in net/ipv4/tcp_ipv4.c. Absent if none runs.
inline std::optional<TcpTimerKind> timer_kind(std::uint32_t code) {
    if (code < number(TcpTimerKind::retransmit) || code > number(TcpTimerKind::probe))
        return std::nullopt;
    return static_cast<TcpTimerKind>(code);
}

// The remote address of what is not connected.
constexpr bool is_nowhere(const IpEndpoint& endpoint) {
    return endpoint.port == 0 && endpoint.address.is_unspecified();
}

// fe80::/10 (RFC 4291, 2.5.6)
constexpr bool is_link_local(const IpAddress& address) {
    return address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

} // namespace otherend::system
