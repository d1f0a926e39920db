// SPDX-License-Identifier: MIT
// The files registered with an io_uring, from the fdinfo of its descriptor (io_uring/fdinfo.c).
#pragma once

#include "otherend/ids.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace otherend::system {

struct UserFiles {
    bool listed = false; // false: the ring was busy and the kernel left its files out, or every slot is empty
    std::vector<Inode> sockets;
    std::uint64_t unnumbered = 0; // UNIX sockets whose inode this kernel does not tell
};

UserFiles parse_user_files(std::string_view fdinfo);

} // namespace otherend::system
