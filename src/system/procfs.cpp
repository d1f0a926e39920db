// SPDX-License-Identifier: MIT
#include "system/procfs.hpp"

#include "system/parse/number.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace otherend::system {

namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr std::size_t read_step = 16UZ * 1024;

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};

} // namespace

Result<Procfs> Procfs::open(std::string path) {
    Fd fd(::open(path.c_str(), directory_flags));
    if (!fd)
        return std::unexpected(Error::from_errno("open " + path, errno));
    return Procfs(std::move(fd), std::move(path));
}

Error Procfs::failed(std::string_view tried, const std::string& on, int saved_errno) const {
    return Error::from_errno(std::string(tried) + " " + path_ + "/" + on, saved_errno);
}

Result<Procfs> Procfs::enter(const std::string& directory) const {
    auto fd = open_file(directory, directory_flags);
    if (!fd)
        return std::unexpected(fd.error());
    return Procfs(std::move(*fd), path_ + "/" + directory);
}

Result<Fd> Procfs::open_file(const std::string& file, int flags) const {
    Fd fd(openat(*fd_, file.c_str(), flags | O_CLOEXEC));
    if (!fd)
        return std::unexpected(failed("open", file, errno));
    return fd;
}

Result<std::string> Procfs::read(const std::string& file) const {
    const auto fd = open_file(file, O_RDONLY);
    if (!fd)
        return std::unexpected(fd.error());
    std::string content;
    while (true) {
        const auto had = content.size();
        content.resize(had + read_step);
        const auto got = ::read(**fd, content.data() + had, read_step);
        if (got < 0 && errno != EINTR)
            return std::unexpected(failed("read", file, errno));
        content.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got == 0)
            return content;
    }
}

Result<std::string> Procfs::read_link(const std::string& link) const {
    std::array<char, PATH_MAX> target;
    const auto length = readlinkat(*fd_, link.c_str(), target.data(), target.size());
    if (length < 0)
        return std::unexpected(failed("read the link", link, errno));
    return std::string(target.data(), static_cast<std::size_t>(length));
}

Result<std::vector<int>> Procfs::numbers() const {
    Fd copy(openat(*fd_, ".", directory_flags));
    const std::unique_ptr<DIR, CloseDirectory> directory(copy ? fdopendir(*copy) : nullptr);
    if (!directory)
        return std::unexpected(failed("list", ".", errno));
    (void)copy.release(); // closedir() closes it

    const auto next = [&] {
        errno = 0; // which alone tells an error from the end
        return readdir(directory.get());
    };
    std::vector<int> found;
    for (const auto* entry = next(); entry != nullptr; entry = next())
        if (const auto number = parse_number<int>(entry->d_name); number && *number >= 0)
            found.push_back(*number);
    if (errno != 0)
        return std::unexpected(failed("list", ".", errno));
    return found;
}

Result<struct stat> Procfs::status(const std::string& file) const {
    struct stat status{};
    if (fstatat(*fd_, file.c_str(), &status, 0) < 0)
        return std::unexpected(failed("look at", file, errno));
    return status;
}

std::uint64_t Procfs::count_directories(const std::string& directory) const {
    const auto found = status(directory);
    return found && found->st_nlink >= 2 ? found->st_nlink - 2 : 0; // "." and the entry in the parent
}

bool Procfs::numbers_are_ours() const {
    return read_link("self").value_or("") == std::to_string(getpid());
}

std::uint32_t kernel_encoding(dev_t device) {
    return major(device) << 20 | minor(device); // MKDEV() of <linux/kdev_t.h>
}

std::string directory_of(Pid pid) {
    return std::to_string(number(pid));
}

std::string directory_of(Pid pid, Pid tid) {
    return tid == pid ? directory_of(pid) : directory_of(pid) + "/task/" + directory_of(tid);
}

} // namespace otherend::system
