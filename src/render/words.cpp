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
    }
    return outside;
}

std::string_view word(SocketType type) {
    switch (type) {
    case SocketType::stream:
        return "stream";
    case SocketType::dgram:
        return "dgram";
    case SocketType::seqpacket:
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

} // namespace otherend::render
