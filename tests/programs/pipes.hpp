// SPDX-License-Identifier: MIT
// Pipes and FIFOs that fail loudly.
#pragma once

#include <array>
#include <fcntl.h>
#include <string>

namespace otherend::topology {

std::array<int, 2> make_pipe();
void make_fifo(const std::string& path);
int open_fifo(const std::string& path, int flags);

} // namespace otherend::topology
