// SPDX-License-Identifier: MIT
// /proc/PID/mountinfo (proc_pid_mountinfo(5)), as far as this layer asks it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace otherend::system {

struct Mount {
    int id = 0, parent = 0;   // 0 unknown: of the mount that `point` is in
    std::uint32_t device = 0; // s_dev of the file system, kernel encoding: major << 20 | minor
    std::string root;         // within its file system; of a namespace file "net:[4026531840]"
    std::string point;        // where it is mounted
    std::string type;         // "nsfs", "proc", …
    std::string options;      // of the file system, separated by commas
};

std::vector<Mount> parse_mounts(std::string_view mountinfo);

// What is mounted at `point` of the mount `parent`: the lowest first, and what is stacked upon it.
std::vector<Mount> mounts_at(const std::vector<Mount>& mounts, int parent, std::string_view point);

// The value of `key` in options of the form "rw,hidepid=invisible"; empty if it is not there.
std::string_view mount_option(std::string_view options, std::string_view key);

} // namespace otherend::system
