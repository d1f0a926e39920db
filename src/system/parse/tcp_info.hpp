// SPDX-License-Identifier: MIT
// struct tcp_info (include/uapi/linux/tcp.h), which grew from kernel to kernel.
#pragma once

#include "otherend/answer.hpp"
#include "system/parse/netlink.hpp"

namespace otherend::system {

// Adds to `tcp` what `info` is long enough to hold and what means something in tcp.state, which must be set.
void take_tcp_info(Bytes info, Tcp& tcp);

} // namespace otherend::system
