// SPDX-License-Identifier: MIT
// How many sockets of any family our network namespace has, to size what must hold them.
#pragma once

#include "system/procfs.hpp"

#include <cstdint>
#include <optional>

namespace otherend::system {

// "sockets: used N" of /proc/net/sockstat (socket_seq_show() in net/socket.c). Absent where there is no such file.
std::optional<std::uint64_t> socket_count(const Procfs& proc);

} // namespace otherend::system
