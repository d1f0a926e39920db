// SPDX-License-Identifier: MIT
#include "system/blocked_connect.hpp"

#include "system/parse/status.hpp"

#include <cstdint>
#include <sys/syscall.h>

namespace otherend::system {

std::optional<model::BlockedFact> blocked_connect(const Procfs& proc, Pid tgid, Pid tid) {
    const auto line = proc.read(directory_of(tgid, tid) + "/syscall");
    const auto call = line ? parse_syscall(*line) : std::nullopt;
    if (!call || call->number != SYS_connect)
        return std::nullopt;
    // The kernel takes the lower half of the register, as an int.
    return model::BlockedFact{tgid, tid, static_cast<int>(static_cast<std::uint32_t>(call->first_argument))};
}

} // namespace otherend::system
