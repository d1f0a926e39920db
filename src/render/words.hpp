// SPDX-License-Identifier: MIT
// The words of the contract (design: JSON, edge states and methods) for the enumerations of answer.hpp. A value
// that is none of the enumerators, such as the type of a socket that went away too early, has no word: it is empty.
#pragma once

#include "otherend/answer.hpp"

#include <array>
#include <string_view>

namespace otherend::render {

std::string_view word(Kind kind);
std::string_view word(EndpointType type);
std::string_view word(State state);
std::string_view word(Method method);
std::string_view word(Via via);
std::string_view word(NameState state);
std::string_view word(TcpState state);
std::string_view word(TcpTimerKind kind);

inline constexpr std::array kinds = {Kind::unix_socket, Kind::tcp, Kind::udp, Kind::pty, Kind::pipe};

inline constexpr std::array states = {
    State::connected, State::pending,     State::connecting, State::closed,  State::inflight,
    State::listening, State::unconnected, State::raced,      State::unknown,
};

} // namespace otherend::render
