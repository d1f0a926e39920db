// SPDX-License-Identifier: MIT
// /proc/PID/cgroup (cgroups(7)): which container and which systemd unit a process is in. The names that runtimes and
// systemd give to cgroups are all there is to go by; the kernel knows of no containers.
#pragma once

#include <string_view>

namespace otherend::system {

// Views into the text that was parsed.
struct Placement {
    std::string_view runtime; // docker, podman, containerd, cri-o; empty if the path does not tell
    std::string_view id;      // 64 hexadecimal digits; empty if it is in no container
    std::string_view unit;    // as systemctl prints it, of what is in no container
};

// Of nested containers the innermost, of nested units (those of a user's own systemd) likewise. In a cgroup namespace
// of our own the paths are relative to its root and may begin with "/..". What watches a container from outside
// (conmon, shims) is not in it.
Placement parse_cgroup(std::string_view text);

} // namespace otherend::system
