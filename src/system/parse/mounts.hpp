// SPDX-License-Identifier: MIT
// /proc/PID/mountinfo (proc_pid_mountinfo(5)), as far as this layer asks it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace otherend::system {

struct Mount {
    std::string root;    // within its file system; of a namespace file "net:[4026531840]"
    std::string point;   // where it is mounted
    std::string type;    // "nsfs", "proc", …
    std::string options; // of the file system, separated by commas
};

std::vector<Mount> parse_mounts(std::string_view mountinfo);

// The value of `key` in options of the form "rw,hidepid=invisible"; empty if it is not there.
std::string_view mount_option(std::string_view options, std::string_view key);

} // namespace otherend::system
