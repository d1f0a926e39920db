// SPDX-License-Identifier: MIT
// The running kernel, opened once: finding the way into it takes most of the time of an answer.
#pragma once

#include "kcore.hpp"
#include "walk.hpp"

namespace otherend::oracle {

struct Kernel {
    Kcore memory;
    Offsets offsets;
    Address init_task = 0;
};

// not_permitted or unsupported where its memory, its types or its symbols cannot be read.
Result<Kernel> open_kernel();

inline Result<Endpoint> endpoint_of(const Kernel& kernel, pid_t pid, int fd) {
    return endpoint_of(kernel.memory, kernel.offsets, kernel.init_task, pid, fd);
}

} // namespace otherend::oracle
