// SPDX-License-Identifier: MIT
#include "system/pty_instance.hpp"

#include "system/parse/fdinfo.hpp"
#include "system/parse/mounts.hpp"

#include <algorithm>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

namespace otherend::system {

namespace {

// The device of the file system in which its ptmx is, if that is a devpts.
std::uint32_t devpts_of_ptmx(const Procfs& proc, const std::string& link) {
    const auto ptmx = proc.open_file(link, O_PATH); // opens no terminal
    struct stat status{};
    struct statfs file_system{};
    const bool is_devpts = ptmx && fstat(**ptmx, &status) == 0 && fstatfs(**ptmx, &file_system) == 0 &&
                           file_system.f_type == DEVPTS_SUPER_MAGIC;
    return is_devpts ? kernel_encoding(status.st_dev) : 0;
}

bool is_terminal(const Result<struct stat>& status, std::uint32_t device, std::uint32_t index) {
    return status && S_ISCHR(status->st_mode) && minor(status->st_rdev) == index &&
           kernel_encoding(status->st_dev) == device;
}

} // namespace

PtyInstance instance_of_master(const Procfs& proc, const std::string& task, int fd, std::uint32_t index) {
    const auto number = std::to_string(fd);
    if (const auto device = devpts_of_ptmx(proc, task + "/fd/" + number); device != 0)
        return {device, true};
    const auto path = proc.read_link(task + "/fd/" + number).value_or("");
    const auto mount_id = parse_fdinfo(proc.read(task + "/fdinfo/" + number).value_or("")).mount_id;
    if (!path.starts_with('/') || !mount_id)
        return {};
    const auto point = path.substr(0, path.rfind('/')) + "/pts";
    const auto stack = mounts_at(parse_mounts(proc.read(task + "/mountinfo").value_or("")), *mount_id, point);
    if (stack.empty() || std::ranges::any_of(stack, [](const Mount& m) { return m.type != "devpts"; }))
        return {};
    const auto top = stack.back().device;
    const auto node = task + "/root" + point + "/" + std::to_string(index);
    const bool is_in_top = is_terminal(proc.status(node), top, index);
    const bool all_same = std::ranges::all_of(stack, [&](const Mount& m) { return m.device == top; });
    if (is_in_top)
        return {top, all_same};
    return stack.size() == 2 && !all_same ? PtyInstance{stack.front().device, true} : PtyInstance{};
}

} // namespace otherend::system
