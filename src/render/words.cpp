// SPDX-License-Identifier: MIT
#include "render/words.hpp"

namespace otherend::render {
namespace {
constexpr std::string_view outside; // a value that is none of the enumerators
}

// Without default, so that the compiler names the switch a new enumerator is missing from.
std::string_view word(Kind kind) {
    switch (kind) {
    case Kind::unix_socket:
        return "unix";
    case Kind::tcp:
        return "tcp";
    case Kind::udp:
        return "udp";
    case Kind::pty:
        return "pty";
    case Kind::pipe:
        return "pipe";
    }
    return outside;
}

std::string_view word(EndpointType type) {
    switch (type) {
    case EndpointType::none:
        return outside;
    case EndpointType::master:
        return "master";
    case EndpointType::slave:
        return "slave";
    case EndpointType::read:
        return "read";
    case EndpointType::write:
        return "write";
    case EndpointType::stream:
        return "stream";
    case EndpointType::dgram:
        return "dgram";
    case EndpointType::seqpacket:
        return "seqpacket";
    }
    return outside;
}

std::string_view word(State state) {
    switch (state) {
    case State::connected:
        return "connected";
    case State::pending:
        return "pending";
    case State::connecting:
        return "connecting";
    case State::closed:
        return "closed";
    case State::inflight:
        return "inflight";
    case State::listening:
        return "listening";
    case State::unconnected:
        return "unconnected";
    case State::raced:
        return "raced";
    case State::unknown:
        return "unknown";
    }
    return outside;
}

std::string_view word(Method method) {
    switch (method) {
    case Method::pointer:
        return "pointer";
    case Method::diag:
        return "diag";
    case Method::inferred:
        return "inferred";
    case Method::tuple:
        return "tuple";
    case Method::sequence:
        return "sequence";
    case Method::conntrack:
        return "conntrack";
    case Method::tty:
        return "tty";
    case Method::pipe:
        return "pipe";
    }
    return outside;
}

std::string_view word(Via via) {
    switch (via) {
    case Via::fd:
        return "fd";
    case Via::inflight:
        return "inflight";
    case Via::io_uring:
        return "io_uring";
    case Via::kernel:
        return "kernel";
    }
    return outside;
}

std::string_view word(NameState state) {
    switch (state) {
    case NameState::live:
        return "live";
    case NameState::unlinked:
        return "unlinked";
    case NameState::replaced:
        return "replaced";
    case NameState::hidden:
        return "hidden";
    }
    return outside;
}

std::string_view word(TcpState state) {
    switch (state) {
    case TcpState::established:
        return "established";
    case TcpState::syn_sent:
        return "syn_sent";
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
        return "syn_recv";
    case TcpState::fin_wait1:
        return "fin_wait1";
    case TcpState::fin_wait2:
        return "fin_wait2";
    case TcpState::time_wait:
        return "time_wait";
    case TcpState::close:
        return "close";
    case TcpState::close_wait:
        return "close_wait";
    case TcpState::last_ack:
        return "last_ack";
    case TcpState::listen:
        return "listen";
    case TcpState::closing:
        return "closing";
    }
    return outside;
}

std::string_view word(TcpTimerKind kind) {
    switch (kind) {
    case TcpTimerKind::retransmit:
        return "retransmit";
    case TcpTimerKind::keepalive:
        return "keepalive";
    case TcpTimerKind::time_wait:
        return "time_wait";
    case TcpTimerKind::probe:
        return "probe";
    }
    return outside;
}

} // namespace otherend::render
