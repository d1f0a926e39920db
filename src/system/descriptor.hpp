// SPDX-License-Identifier: MIT
// What a descriptor refers to, as /proc/PID/fd and fdinfo tell.
#pragma once

#include "otherend/ids.hpp"
#include "system/procfs.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace otherend::system {

struct FifoName {
    std::string path = {};
    bool unlinked = false; // nothing bears it any more

    bool operator==(const FifoName&) const = default;
};

struct Descriptor {
    enum class Of : std::uint8_t {
        socket,
        ring, // io_uring
        pipe,
        pty_master,
        pty_slave,
        own_terminal, // /dev/tty: a terminal, but nothing tells which
    };
    int fd = -1;
    Of of = Of::socket;
    std::uint64_t number = 0;           // inode of a socket or pipe, N of /dev/pts/N
    std::uint32_t device = 0;           // of what has a file, kernel encoding
    bool reads = false, writes = false; // of a pipe
    FifoName fifo = {};

    bool operator==(const Descriptor&) const = default;
};

// From where the link of its descriptor leads, read before its status: whether " (deleted)" at the end is the kernel's,
// or the name's own, the count of links decides.
FifoName name_of_fifo(std::string_view target, const struct stat& status);

// Absent for what is none of them, was closed meanwhile, or only names a file (O_PATH). Errors are not_permitted: who may
// list descriptors need not be allowed to look at them (ptrace(2)). `task` is a directory of /proc.
Result<std::optional<Descriptor>> look_at_descriptor(const Procfs& proc, const std::string& task, int fd);

} // namespace otherend::system
