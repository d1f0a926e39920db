// SPDX-License-Identifier: MIT
#include "pipes.hpp"

#include "process.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace otherend::topology {

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    check(pipe2(ends.data(), O_CLOEXEC), "pipe");
    return ends;
}

void make_fifo(const std::string& path) {
    check(mkfifo(path.c_str(), 0600), "mkfifo");
}

int open_fifo(const std::string& path, int flags) {
    return check(open(path.c_str(), flags | O_CLOEXEC), path);
}

} // namespace otherend::topology
