// SPDX-License-Identifier: MIT
#include "system/bound_path.hpp"

#include "base/device.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace otherend::system {

namespace {

struct File {
    mode_t mode = 0;
    FileIdentity identity;
};

// `handle` may be O_PATH.
Result<File> describe(const Fd& handle) {
    struct stat status{};
    struct statfs file_system{};
    if (fstat(*handle, &status) < 0 || fstatfs(*handle, &file_system) < 0)
        return std::unexpected(Error::from_errno("stat a file", errno));
    const auto type = file_system.f_type;
    return File{status.st_mode,
                {.inode = status.st_ino,
                 .device = kernel_device(status.st_dev),
                 .device_is_made_up = type == OVERLAYFS_SUPER_MAGIC || type == BTRFS_SUPER_MAGIC}};
}

// Absent if it is no socket.
Result<std::optional<FileIdentity>> identity_of(const Fd& handle) {
    const auto file = describe(handle);
    if (!file)
        return std::unexpected(file.error());
    return S_ISSOCK(file->mode) ? std::optional(file->identity) : std::nullopt;
}

enum class Sight { same, other, nothing, unclear, gone };

struct Seen {
    Sight sight = Sight::unclear;
    Fd file; // for Sight::same
};

Fd open_path(const Fd& directory, std::string_view path, std::uint64_t resolve) {
    const open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = resolve};
    const std::string name(path);
    return Fd(static_cast<int>(syscall(SYS_openat2, *directory, name.c_str(), &how, sizeof how)));
}

// Whether the directory that lacks the file is on the file system the file is on. If it is not, something is mounted
// over the one that has it.
bool is_where_it_was(const Fd& directory, std::string_view path, std::uint64_t resolve,
                     const model::BoundFile& file) {
    const auto slash = path.rfind('/');
    const auto parent =
        open_path(directory, slash == std::string_view::npos ? "." : path.substr(0, slash + 1), resolve);
    if (!parent)
        return true;
    const auto found = describe(parent);
    return !found || found->identity.device_is_made_up || found->identity.device == file.device;
}

Seen look_from(const Fd& directory, std::string_view path, std::uint64_t resolve,
               const model::BoundFile& file) {
    Fd found = open_path(directory, path, resolve);
    if (!found && errno != ENOENT && errno != ENOTDIR)
        return {Sight::unclear, {}};
    if (!found) {
        const bool told = file.linked.has_value() || is_where_it_was(directory, path, resolve, file);
        return {told ? Sight::nothing : Sight::unclear, {}};
    }
    const auto identity = identity_of(found);
    if (!identity)
        return {Sight::unclear, {}};
    const auto& socket = *identity;
    if (!socket || !is_same_file(*socket, file))
        return {Sight::other, {}};
    return {Sight::same, std::move(found)};
}

Seen look_through(const Procfs& proc, Pid viewer, std::string_view directory, std::string_view path,
                  std::uint64_t resolve, const model::BoundFile& file) {
    const auto start =
        proc.open_file(directory_of(viewer) + "/" + std::string(directory), O_PATH | O_DIRECTORY);
    if (start)
        return look_from(*start, path, resolve, file);
    return {is_refused(start) ? Sight::unclear : Sight::gone, {}};
}

std::string path_of(const Fd& file) {
    std::array<char, PATH_MAX> path;
    const auto link = "/proc/self/fd/" + std::to_string(*file);
    const auto length = readlink(link.c_str(), path.data(), path.size());
    return {path.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

// What holders see at the path instead of their socket.
struct Views {
    bool other = false, nothing = false, unclear = false;

    void add(Sight sight) {
        other |= sight == Sight::other;
        nothing |= sight == Sight::nothing;
        unclear |= sight == Sight::unclear;
    }
};

// Holders in several mount namespaces may disagree, and we do not know in which of them the socket was bound.
std::optional<NameState> verdict(const Views& views, std::optional<bool> linked) {
    const bool agree = views.other != views.nothing;
    if (views.unclear)
        return std::nullopt;
    if (linked == true)
        return views.other || views.nothing ? std::optional(NameState::hidden) : std::nullopt;
    if (!agree)
        return linked == false ? std::optional(NameState::unlinked) : std::nullopt;
    return views.other ? NameState::replaced : NameState::unlinked;
}

bool is_absolute(std::string_view path) {
    return path.starts_with('/');
}

// The path by which one process sees the socket. If it does not, `views` learns what it sees instead.
std::optional<std::string> find_from(const Procfs& proc, Pid viewer, const BoundSocket& socket,
                                     Views& views) {
    // In its root, a path and the symbolic links on it mean what they mean to that process.
    const auto look_at = [&](std::string_view path) {
        const auto seen = look_through(proc, viewer, "root", path, RESOLVE_IN_ROOT, socket.file);
        views.add(seen.sight);
        return seen.sight == Sight::same;
    };
    if (is_absolute(socket.path) && look_at(socket.path))
        return std::string(socket.path);
    if (is_absolute(socket.name))
        return socket.name != socket.path && look_at(socket.name) ? std::optional(std::string(socket.name))
                                                                  : std::nullopt;
    // Its working directory may be another by now, so that what is not there tells nothing. An absolute link on the
    // way would lead into our root instead of its.
    const auto seen = look_through(proc, viewer, "cwd", socket.name, RESOLVE_NO_SYMLINKS, socket.file);
    return seen.sight == Sight::same ? std::optional(path_of(seen.file)) : std::nullopt;
}

} // namespace

std::optional<FileIdentity> identify(const std::string& path) {
    const Fd file(open(path.c_str(), O_PATH | O_CLOEXEC));
    return file ? identity_of(file).value_or(std::nullopt) : std::nullopt;
}

bool is_same_file(const FileIdentity& found, const model::BoundFile& bound) {
    // sock_diag, which does not know whether the name is linked, cuts the inode to 32 bits.
    const bool is_cut = !bound.linked.has_value();
    const auto inode = is_cut ? static_cast<std::uint32_t>(found.inode) : found.inode;
    return inode == bound.inode && (found.device_is_made_up || found.device == bound.device);
}

std::optional<NameLookup> look_up_name(const Procfs& proc, const BoundSocket& socket) {
    const auto live = [&](std::string path) {
        return NameLookup{NameState::live, path == socket.name ? std::string{} : std::move(path)};
    };
    Views views;
    for (const auto holder : socket.holders)
        if (auto path = find_from(proc, holder, socket, views))
            return live(std::move(*path));
    Views own; // no evidence: we may be elsewhere
    if (auto path = find_from(proc, Pid{getpid()}, socket, own))
        return live(std::move(*path));
    const auto state = verdict(views, socket.file.linked);
    return state ? std::optional(NameLookup{*state, {}}) : std::nullopt;
}

} // namespace otherend::system
