// SPDX-License-Identifier: MIT
// Who answers, and what limits what it can see.
#pragma once

#include "otherend/result.hpp"
#include "system/procfs.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace otherend::system {

struct Host {
    std::string name;
    bool initial_pid_namespace = false;
    std::uint64_t effective_capabilities = 0; // bit N is capability N of <linux/capability.h>
    std::string
        hidepid; // value of that option of the /proc in use ("2", "invisible", …), empty if it is not set
};

Result<Host> this_host(const Procfs& proc);

} // namespace otherend::system
