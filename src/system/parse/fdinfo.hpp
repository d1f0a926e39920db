// SPDX-License-Identifier: MIT
// /proc/PID/fdinfo/FD (proc_pid_fdinfo(5)), as far as this layer asks it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace otherend::system {

struct DescriptorInfo {
    std::optional<int> flags;               // O_* of open(2)
    std::optional<int> mount_id;            // of the file it was opened as
    std::optional<std::uint32_t> tty_index; // of a pty master: N of /dev/pts/N (drivers/tty/pty.c)
    std::optional<std::uint32_t>
        queued_fds; // of a UNIX socket: in messages not yet received (net/unix/af_unix.c)
};

DescriptorInfo parse_fdinfo(std::string_view text);

} // namespace otherend::system
