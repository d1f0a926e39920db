// SPDX-License-Identifier: MIT
#include "cli/nothing.hpp"

#include "base/escape.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <unistd.h>

namespace otherend::cli {

namespace {

std::optional<Pid> process_meant(const query::Target& target) {
    if (const auto* pid = std::get_if<query::PidTarget>(&target))
        return pid->pid;
    if (const auto* fd = std::get_if<query::FdTarget>(&target))
        return fd->pid;
    return std::nullopt;
}

} // namespace

Result<std::string> explain_nothing(const query::Target& target, const std::string& text) {
    const auto pid = process_meant(target);
    const auto shown = escape(text);
    if (!pid)
        return fmt::format("{}: no endpoint matches", shown);
    if (kill(number(*pid), 0) != 0 && errno == ESRCH)
        return fmt::format("{}: there is no process {}", shown, number(*pid));
    if (access(fmt::format("/proc/{}/fd", number(*pid)).c_str(), R_OK) != 0 && errno == EACCES)
        return std::unexpected(
            Error{ErrorClass::not_permitted,
                  fmt::format("{}: no permission to see the descriptors of process {}: run as "
                              "root or as its user",
                              shown, number(*pid))});
    return fmt::format("{}: it holds no such endpoint", shown);
}

} // namespace otherend::cli
