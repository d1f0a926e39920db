// SPDX-License-Identifier: MIT
// Small texts of proc(5): /proc/PID/status, the targets of magic links, /proc/PID/syscall.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace otherend::system {

// The number in the target of a magic link, "socket:[70162]" for the type "socket".
std::optional<std::uint64_t> number_in_link(std::string_view target, std::string_view type);

inline constexpr std::string_view io_uring_link = "anon_inode:[io_uring]";

struct Status {
    bool has_memory = false; // false of kernel threads and of what has exited
    std::optional<std::uint32_t> effective_uid;
    std::optional<std::uint64_t> effective_capabilities; // bit N is capability N of <linux/capability.h>
    std::optional<std::int32_t> own_pid;                 // in the pid namespace it is in itself
};

Status parse_status(std::string_view text);

// The system call a task sleeps in; absent while it runs or is in none.
struct SystemCall {
    long number = 0;
    std::uint64_t first_argument = 0;
};

std::optional<SystemCall> parse_syscall(std::string_view line);

} // namespace otherend::system
