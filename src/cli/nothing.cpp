// SPDX-License-Identifier: MIT
#include "cli/nothing.hpp"

#include "base/escape.hpp"
#include "query/container.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>
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

std::string explain_container(const model::Graph& graph, const std::string& name) {
    const auto container = query::container_called(graph, name);
    return container ? "no endpoint matches" : container.error().message;
}

bool is_terminal_name(std::string_view path) {
    constexpr std::string_view devpts = "/dev/pts/";
    const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
    return path.starts_with(devpts) && path.size() > devpts.size() &&
           std::ranges::all_of(path.substr(devpts.size()), is_digit);
}

std::string explain(const model::Graph& graph, const query::Target& target) {
    if (const auto* group = std::get_if<query::ContainerTarget>(&target))
        return explain_container(graph, group->text);
    if (const auto* place = std::get_if<query::ContainerPathTarget>(&target))
        return explain_container(graph, place->container);
    if (const auto* unit = std::get_if<query::UnitTarget>(&target))
        return fmt::format("no unit is called '{}' and has a process that holds an endpoint",
                           escape(unit->unit));
    const auto* name = std::get_if<query::NameTarget>(&target);
    if (name != nullptr && is_terminal_name(name->bytes) && access(name->bytes.c_str(), F_OK) != 0)
        return "no such terminal is open";
    // What listens on every address has another one.
    const auto* ip = std::get_if<query::IpTarget>(&target);
    if (ip != nullptr && ip->address && ip->port)
        return fmt::format("no endpoint matches; ':{}' also finds what listens on every address", *ip->port);
    return "no endpoint matches";
}

} // namespace

Result<std::string> explain_nothing(const model::Graph& graph, const query::Target& target,
                                    const std::string& text) {
    const auto pid = process_meant(target);
    const auto shown = escape(text);
    if (!pid)
        return fmt::format("{}: {}", shown, explain(graph, target));
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
