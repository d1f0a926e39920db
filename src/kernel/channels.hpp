// SPDX-License-Identifier: MIT
// The programs that read TCP, UDP, ptys and pipes.
#pragma once

#include "base/fd.hpp"
#include "kernel/programs.hpp"
#include "otherend/result.hpp"

#include <optional>

namespace otherend::kernel {

struct ChannelPrograms {
    Fd descriptors; // iter/task_file: who holds what
    Fd tcp, udp;    // iter/tcp, iter/udp: the sockets of the network namespace of whoever opens it
};

// Through the kernel's own loader where it has one (Linux 5.14), else the compat object through libbpf; or just as
// `loader` says, where full and compat are the same.
Result<ChannelPrograms> load_channels(std::optional<Loader> loader = {});

} // namespace otherend::kernel
