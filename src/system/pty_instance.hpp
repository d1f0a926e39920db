// SPDX-License-Identifier: MIT
// Which instance of devpts a pty master belongs to: two may each have a /dev/pts/3.
#pragma once

#include "otherend/ids.hpp"
#include "system/procfs.hpp"

#include <cstdint>
#include <string>

namespace otherend::system {

struct PtyInstance {
    std::uint32_t device = 0; // s_dev of the devpts, kernel encoding; 0 not known
    bool is_sure = false;     // if not, it is this one or one that is mounted below it
};

// Of the master with this index that `task`, a directory of /proc, has open as `fd`. A master that was opened by a ptmx
// in devpts is of that instance. One opened by another, as /dev/ptmx in devtmpfs, is of the devpts that was mounted
// beside it as "pts" (devpts_mntget() in fs/devpts/inode.c): what is mounted there now, unless the process runs in
// another mount namespace by now.
PtyInstance instance_of_master(const Procfs& proc, const std::string& task, int fd, std::uint32_t index);

} // namespace otherend::system
