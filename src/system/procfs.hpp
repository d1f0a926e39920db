// SPDX-License-Identifier: MIT
// A directory of /proc, and everything this layer does with one. Names are relative to it, so that a tree built by
// a test reads like the kernel's, and so that a process that exits takes its directory with it, not its number.
#pragma once

#include "base/fd.hpp"
#include "otherend/ids.hpp"
#include "otherend/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace otherend::system {

class Procfs {
  public:
    static Result<Procfs> open(std::string path = "/proc");

    // Errors are not_permitted, or failed for what is not there (any more).
    [[nodiscard]] Result<Procfs> enter(const std::string& directory) const;
    [[nodiscard]] Result<std::string> read(const std::string& file) const;
    [[nodiscard]] Result<std::string> read_link(const std::string& link) const;
    [[nodiscard]] Result<Fd> open_file(const std::string& file, int flags) const;

    // The entries whose names are numbers: processes, threads or descriptors.
    [[nodiscard]] Result<std::vector<int>> numbers() const;

    // stat(2): of what a link leads to, also a magic one.
    [[nodiscard]] Result<struct stat> status(const std::string& file) const;

    // How many subdirectories the file system says there are, 0 if it does not say.
    [[nodiscard]] std::uint64_t count_directories(const std::string& directory) const;

    // Whether its numbers are those that our own system calls take: it is a mounted /proc of our pid namespace.
    [[nodiscard]] bool numbers_are_ours() const;

  private:
    Procfs(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    [[nodiscard]] Error failed(std::string_view tried, const std::string& on, int saved_errno) const;

    Fd fd_;
    std::string path_;
};

template <typename Value> bool is_refused(const Result<Value>& result) {
    return !result && result.error().kind == ErrorClass::not_permitted;
}

// As the kernel keeps a device number in super_block::s_dev.
std::uint32_t kernel_encoding(dev_t device);

// The directory of a process, and that of one of its threads, whose leader's is the process's.
std::string directory_of(Pid pid);
std::string directory_of(Pid pid, Pid tid);

} // namespace otherend::system
