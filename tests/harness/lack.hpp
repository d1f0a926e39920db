// SPDX-License-Identifier: MIT
// A kernel that lacks something, for one process and its children: what the binary meets on other machines.
#pragma once

namespace otherend::harness {

enum class Lack {
    bpf,       // bpf(2) fails with ENOSYS
    sock_diag, // the netlink family is not there, as without CONFIG_UNIX_DIAG's module
    btf,       // /sys/kernel/btf is empty
};

// For the calling process, which must be root; false with errno if it cannot be done.
bool take_away(Lack lack);

} // namespace otherend::harness
