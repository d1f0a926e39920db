// SPDX-License-Identifier: MIT
#include "system/host.hpp"

#include "system/parse/mounts.hpp"
#include "system/parse/status.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <ranges>
#include <unistd.h>

namespace otherend::system {

namespace {

constexpr std::uint64_t initial_pid_namespace = 0xEFFFFFFC; // PROC_PID_INIT_INO of <linux/proc_ns.h>

// Mounts can be stacked: the last one is on top.
std::string hidepid_of(const std::vector<Mount>& mounts) {
    for (const auto& mount : std::views::reverse(mounts))
        if (mount.type == "proc" && mount.point == "/proc")
            return std::string(mount_option(mount.options, "hidepid"));
    return {};
}

} // namespace

Result<Host> this_host(const Procfs& proc) {
    std::array<char, HOST_NAME_MAX + 1> name{};
    if (gethostname(name.data(), name.size()) < 0)
        return std::unexpected(Error::from_errno("ask for the host name", errno));
    const auto pid_namespace = proc.read_link("self/ns/pid");
    if (!pid_namespace)
        return std::unexpected(pid_namespace.error());
    const auto status = proc.read("self/status");
    if (!status)
        return std::unexpected(status.error());
    return Host{
        .name = name.data(),
        .initial_pid_namespace = number_in_link(*pid_namespace, "pid") == initial_pid_namespace,
        .effective_capabilities = parse_status(*status).effective_capabilities.value_or(0),
        .hidepid = hidepid_of(parse_mounts(proc.read("self/mountinfo").value_or(""))),
    };
}

} // namespace otherend::system
