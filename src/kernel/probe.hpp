// SPDX-License-Identifier: MIT
// What this kernel offers to the programs, found by asking its BTF and by loading, never by its version.
#pragma once

#include "kernel/programs.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace otherend::kernel {

enum class Support : std::uint8_t { yes, no, unknown };

struct Probe {
    Support support = Support::unknown;
    std::string reason; // why not, or what is done instead
};

struct Probes {
    Probe btf;                 // the kernel describes its types: /sys/kernel/btf/vmlinux
    Probe light, full, compat; // each Loader
    Probe listener;            // unix_sock::listener: an embryo names its listener
    Probe queued_bytes;        // unix_sock::inq_len: bytes queued on a stream
};

Probes probe();

} // namespace otherend::kernel
