// SPDX-License-Identifier: MIT
// How many sockets our network namespace has: to size what must hold them, and not to look for what is not there.
#pragma once

#include "system/procfs.hpp"

#include <cstdint>
#include <optional>

namespace otherend::system {

// "sockets: used N" of /proc/net/sockstat (socket_seq_show() in net/socket.c). Absent where there is no such file.
std::optional<std::uint64_t> socket_count(const Procfs& proc);

// Whether the network namespace this thread is in has a TCP socket in any state, or we cannot know. Requests are not
// counted, but have a listener that is.
bool may_have_tcp(const Procfs& proc);

} // namespace otherend::system
