// SPDX-License-Identifier: MIT
// What a path means to a process: in its root directory and its mounts.
#pragma once

#include "system/procfs.hpp"

#include <sys/stat.h>

namespace otherend::system {

// The file that `path` leads to inside the root directory of the process, with every symbolic link followed in there:
// "/dev/ptty0" -> "/dev/pts/0" in the devpts of its container. openat2(2), Linux v5.6. Needs ptrace access to the
// process; /proc/self and the like are not followed.
Result<struct stat> resolve_in_root(const Procfs& proc, Pid pid, const std::string& path);

} // namespace otherend::system
