// SPDX-License-Identifier: MIT
#include "system/descriptor.hpp"

#include "system/parse/fdinfo.hpp"
#include "system/parse/status.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace otherend::system {

namespace {

using Of = Descriptor::Of;

// Documentation/admin-guide/devices.txt
constexpr unsigned tty_aux_major = 5, own_tty_minor = 0, ptmx_minor = 2, pty_slave_major = 136;

std::optional<Descriptor> pipe(Descriptor found, const struct stat& status, int flags,
                               const std::string& target) {
    found.of = Of::pipe;
    found.number = status.st_ino;
    found.device = kernel_encoding(status.st_dev);
    const int mode = flags & O_ACCMODE;
    found.reads = mode == O_RDONLY || mode == O_RDWR;
    found.writes = mode == O_WRONLY || mode == O_RDWR;
    if (!number_in_link(target, "pipe"))
        found.fifo = name_of_fifo(target, status);
    return found;
}

std::optional<Descriptor> terminal(Descriptor found, const struct stat& status, const DescriptorInfo& info) {
    found.device = kernel_encoding(status.st_dev);
    if (major(status.st_rdev) == pty_slave_major) {
        found.of = Of::pty_slave;
        found.number = minor(status.st_rdev);
        return found;
    }
    if (major(status.st_rdev) != tty_aux_major)
        return std::nullopt;
    if (minor(status.st_rdev) == ptmx_minor && info.tty_index) {
        found.of = Of::pty_master;
        found.number = *info.tty_index;
        return found;
    }
    found.of = Of::own_terminal;
    return minor(status.st_rdev) == own_tty_minor ? std::optional(found) : std::nullopt;
}

} // namespace

FifoName name_of_fifo(std::string_view target, const struct stat& status) {
    constexpr std::string_view mark = " (deleted)"; // d_path() in fs/d_path.c
    const bool unlinked = status.st_nlink == 0;
    if (unlinked && target.ends_with(mark))
        target.remove_suffix(mark.size());
    return {std::string(target), unlinked};
}

Result<std::optional<Descriptor>> look_at_descriptor(const Procfs& proc, const std::string& task, int fd) {
    const auto name = "fd/" + std::to_string(fd);
    const auto target = proc.read_link(task + "/" + name);
    if (is_refused(target))
        return std::unexpected(target.error());
    if (!target)
        return std::nullopt;
    const Descriptor found{.fd = fd};
    if (const auto inode = number_in_link(*target, "socket"))
        return Descriptor{.fd = fd, .of = Of::socket, .number = *inode};
    if (*target == io_uring_link)
        return Descriptor{.fd = fd, .of = Of::ring};
    if (!target->starts_with('/') && !number_in_link(*target, "pipe"))
        return std::nullopt;
    const auto status = proc.status(task + "/" + name);
    if (!status || !(S_ISFIFO(status->st_mode) || S_ISCHR(status->st_mode)))
        return std::nullopt;
    const auto text = proc.read(task + "/fdinfo/" + std::to_string(fd));
    if (is_refused(text))
        return std::unexpected(text.error());
    const auto info = parse_fdinfo(text.value_or(""));
    if (!info.flags || (*info.flags & O_PATH) != 0)
        return std::nullopt;
    return S_ISFIFO(status->st_mode) ? pipe(found, *status, *info.flags, *target)
                                     : terminal(found, *status, info);
}

} // namespace otherend::system
