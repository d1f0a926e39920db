// SPDX-License-Identifier: MIT
#include "cli/names.hpp"

#include "base/escape.hpp"
#include "base/fd.hpp"
#include "system/bound_path.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <map>
#include <sched.h>
#include <set>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <vector>

namespace otherend::cli {

using model::Graph;
using model::Name;
using model::Socket;
using model::SocketId;

namespace {

constexpr std::size_t enough_viewers = 8; // processes of one service rarely have more roots than one

struct Bound {
    model::SocketRef socket; // any that bears the name
    std::vector<Pid> viewers;
};

bool needs_lookup(const Name& name) {
    return !name.is_abstract() && name.file && name.state != NameState::live;
}

// One entry per name that is not known to be live: a listener and all it accepted share theirs.
std::map<const Name*, Bound> names_to_look_up(const Graph& graph) {
    std::map<const Name*, Bound> names;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        const auto* name = graph.name_of(socket);
        if (socket.gone || name == nullptr || !needs_lookup(*name))
            return;
        auto& bound = names.try_emplace(name, Bound{socket.self, {}}).first->second;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            const auto pid = graph.process(holder.process).pid;
            const bool known = std::ranges::find(bound.viewers, pid) != bound.viewers.end();
            if (!known && bound.viewers.size() < enough_viewers)
                bound.viewers.push_back(pid);
        });
    });
    return names;
}

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

// As the kernel keeps a device number in super_block::s_dev.
std::uint32_t kernel_device(dev_t device) {
    return major(device) << 20 | minor(device);
}

constexpr unsigned unix98_pty_slave_major = 136; // Documentation/admin-guide/devices.txt

std::optional<query::Target> target_of_file(const struct stat& status) {
    if (S_ISCHR(status.st_mode) && major(status.st_rdev) == unix98_pty_slave_major)
        return query::TerminalTarget{minor(status.st_rdev), kernel_device(status.st_dev)};
    if (S_ISFIFO(status.st_mode))
        return query::FileTarget{Inode{status.st_ino}, kernel_device(status.st_dev)};
    return std::nullopt;
}

} // namespace

void find_names(const system::Procfs& proc, Verdicts verdicts, Graph& graph) {
    for (const auto& [name, bound] : names_to_look_up(graph)) {
        const auto& file = *name->file;
        const system::BoundSocket socket{
            .name = name->bytes,
            .file = {.inode = file.inode, .device = file.device, .linked = file.linked},
            .path = file.path,
            .holders = bound.viewers,
        };
        const auto found = system::look_up_name(proc, socket);
        if (found && (verdicts == Verdicts::all || found->state == NameState::live))
            graph.apply(model::NameFact{bound.socket, found->state, found->path});
    }
}

std::set<SocketId> sockets_with_lost_names(const Graph& graph) {
    std::set<SocketId> found;
    for (const auto& [name, bound] : names_to_look_up(graph))
        if (const auto id = graph.find(bound.socket))
            found.insert(*id);
    return found;
}

Result<void> resolve(query::Target& target) {
    if (auto* netns = std::get_if<query::NetnsTarget>(&target))
        return resolve_netns(*netns);
    auto* name = std::get_if<query::NameTarget>(&target);
    if (name == nullptr || name->bytes.front() == '\0')
        return {};
    struct stat status{};
    if (::stat(name->bytes.c_str(), &status) == 0)
        if (const auto other = target_of_file(status)) {
            target = *other;
            return {};
        }
    if (const auto file = system::identify(name->bytes))
        name->file = {file->inode, file->device, file->device_is_made_up};
    return {};
}

} // namespace otherend::cli
