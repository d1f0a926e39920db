// SPDX-License-Identifier: MIT
#include "system/container_path.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

namespace otherend::system {

namespace {

constexpr int attempts = 16; // EAGAIN: something was renamed or mounted while ".." was followed

Fd open_in(const Fd& root, const std::string& path) {
    const open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_IN_ROOT};
    for (int attempt = 1;; ++attempt) { // glibc has no wrapper
        Fd fd(static_cast<int>(syscall(SYS_openat2, *root, path.c_str(), &how, sizeof how)));
        if (fd || errno != EAGAIN || attempt == attempts)
            return fd;
    }
}

} // namespace

Result<struct stat> resolve_in_root(const Procfs& proc, Pid pid, const std::string& path) {
    const auto tried = "find " + path + " in the root directory of process " + directory_of(pid);
    const auto root = proc.open_file(directory_of(pid) + "/root", O_PATH | O_DIRECTORY);
    if (!root)
        return std::unexpected(root.error().while_doing(tried));
    const auto fd = open_in(*root, path);
    struct stat status{};
    if (!fd || fstat(*fd, &status) < 0)
        return std::unexpected(Error::from_errno(tried, errno));
    return status;
}

} // namespace otherend::system
