// SPDX-License-Identifier: MIT
// From a process's descriptor to the other end of its UNIX socket, pointer by pointer. Nothing is locked: whoever
// asks must hold both ends, and keep the process from opening and closing meanwhile.
#pragma once

#include "memory.hpp"
#include "offsets.hpp"

#include <optional>
#include <sys/types.h>

namespace otherend::oracle {

struct Peer {
    Address address = 0;                // its struct sock
    std::optional<std::uint64_t> inode; // none before accept() and after close()

    bool operator==(const Peer&) const = default;
};

struct Endpoint {
    std::uint64_t inode = 0;
    Address address = 0;
    std::optional<Peer> peer;

    bool operator==(const Endpoint&) const = default;
};

// Of a process in the first PID namespace, as its main thread sees its descriptors.
Result<Endpoint> endpoint_of(const Memory& memory, const Offsets& offsets, Address init_task, pid_t pid,
                             int fd);

} // namespace otherend::oracle
