// SPDX-License-Identifier: MIT
#include "cli/resolve.hpp"

#include "base/device.hpp"
#include "base/escape.hpp"
#include "base/fd.hpp"
#include "query/container.hpp"
#include "system/bound_path.hpp"
#include "system/container_path.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace otherend::cli {

namespace {

Result<void> resolve_netns(query::NetnsTarget& target) {
    if (is_set(target.netns))
        return {};
    const bool is_path = target.text.find('/') != std::string::npos;
    const auto path = is_path ? target.text : "/run/netns/" + target.text;
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return std::unexpected(Error{ErrorClass::usage, "bad target 'netns:" + escape(target.text) + "': " +
                                                            Error::from_errno(escape(path), errno).message});
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file || ioctl(*file, NS_GET_NSTYPE) != CLONE_NEWNET)
        return std::unexpected(Error{ErrorClass::usage, "bad target 'netns:" + escape(target.text) +
                                                            "': that is not a network namespace"});
    target.netns = NetnsId{static_cast<std::uint32_t>(status.st_ino)};
    return {};
}

constexpr unsigned unix98_pty_slave_major = 136; // Documentation/admin-guide/devices.txt

std::optional<query::Target> terminal_or_fifo(const struct stat& status) {
    if (S_ISCHR(status.st_mode) && major(status.st_rdev) == unix98_pty_slave_major)
        return query::TerminalTarget{minor(status.st_rdev), kernel_device(status.st_dev)};
    if (S_ISFIFO(status.st_mode))
        return query::FileTarget{Inode{status.st_ino}, kernel_device(status.st_dev)};
    return std::nullopt;
}

// The name of a terminal goes with its master, while descriptors of the terminal may stay.
std::optional<query::Target> hung_up_terminal(std::string_view path) {
    constexpr std::string_view devpts = "/dev/pts/";
    std::uint32_t index = 0;
    if (!path.starts_with(devpts))
        return std::nullopt;
    path.remove_prefix(devpts.size());
    const auto [end, error] = std::from_chars(path.begin(), path.end(), index);
    struct stat status{};
    if (error != std::errc{} || end != path.end() || ::stat(devpts.data(), &status) != 0)
        return std::nullopt;
    return query::TerminalTarget{index, kernel_device(status.st_dev)};
}

// The socket, terminal or FIFO that a path leads to in the container.
std::optional<query::Target> target_in(const std::string& path, const struct stat& status) {
    if (!S_ISSOCK(status.st_mode))
        return terminal_or_fifo(status);
    return query::NameTarget{.bytes = path,
                             .file = query::NameTarget::File{status.st_ino, kernel_device(status.st_dev)}};
}

Result<void> check_container(const model::Graph& graph, const std::string& name) {
    const auto container = query::container_called(graph, name);
    if (!container && container.error().kind == ErrorClass::usage)
        return std::unexpected(container.error());
    return {};
}

} // namespace

Result<void> resolve(query::Target& target) {
    if (auto* netns = std::get_if<query::NetnsTarget>(&target))
        return resolve_netns(*netns);
    auto* name = std::get_if<query::NameTarget>(&target);
    if (name == nullptr || name->bytes.front() == '\0')
        return {};
    struct stat status{};
    const bool exists = ::stat(name->bytes.c_str(), &status) == 0;
    if (const auto other = exists ? terminal_or_fifo(status) : hung_up_terminal(name->bytes)) {
        target = *other;
        return {};
    }
    if (const auto file = system::identify(name->bytes))
        name->file = {file->inode, file->device, file->device_is_made_up};
    return {};
}

Result<void> resolve_in_container(const system::Procfs& proc, const model::Graph& graph,
                                  query::Target& target) {
    if (const auto* group = std::get_if<query::ContainerTarget>(&target))
        return check_container(graph, group->text);
    const auto* place = std::get_if<query::ContainerPathTarget>(&target);
    if (place == nullptr)
        return {};
    if (auto checked = check_container(graph, place->container); !checked)
        return checked;
    const auto container = query::container_called(graph, place->container);
    if (!container)
        return {};
    const auto is_inside = [&](const model::Process& process) {
        return graph.container_of(process) == *container;
    };
    const auto process = std::ranges::find_if(graph.processes(), is_inside);
    if (process == graph.processes().end())
        return {};
    const auto status = system::resolve_in_root(proc, process->pid, place->path);
    if (const auto found = status ? target_in(place->path, *status) : std::nullopt)
        target = *found;
    return {};
}

} // namespace otherend::cli
