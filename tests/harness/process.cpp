// SPDX-License-Identifier: MIT
#include "harness/process.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace otherend::harness {

namespace {

constexpr int patience_ms = 60'000;
constexpr int exit_skipped = 77; // see tests/programs/process.hpp

int checked(int result, const char* what) {
    if (result == -1)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

std::string from_environment(const char* variable, const char* otherwise) {
    const char* value = std::getenv(variable);
    return value ? value : otherwise;
}

std::string content_of(int fd) {
    std::string text;
    std::array<char, 65536> part{};
    off_t at = 0;
    while (const auto got = checked(static_cast<int>(pread(fd, part.data(), part.size(), at)), "pread")) {
        text.append(part.data(), static_cast<std::size_t>(got));
        at += got;
    }
    return text;
}

// Reads until a newline; the end of the pipe and impatience end it, too.
std::string line_from(int fd) {
    std::string line;
    std::array<char, 65536> part{};
    pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
    while (!line.ends_with('\n') && poll(&readable, 1, patience_ms) == 1) {
        const auto got = read(fd, part.data(), part.size());
        if (got <= 0)
            break;
        line.append(part.data(), static_cast<std::size_t>(got));
    }
    return line.ends_with('\n') ? line : std::string();
}

int exit_code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int wait_patiently(pid_t pid) {
    const int handle = checked(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)), "pidfd_open");
    pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
    if (poll(&ended, 1, patience_ms) != 1)
        kill(pid, SIGKILL);
    close(handle);
    int status = 0;
    checked(waitpid(pid, &status, 0), "waitpid");
    return exit_code_of(status);
}

int stdout_for(Stdout kind) {
    std::array<int, 2> ends{};
    switch (kind) {
    case Stdout::captured:
        return checked(memfd_create("stdout", MFD_CLOEXEC), "memfd_create");
    case Stdout::closed:
        return -1;
    case Stdout::full:
        return checked(open("/dev/full", O_WRONLY | O_CLOEXEC), "/dev/full");
    case Stdout::closed_reader:
        checked(pipe2(ends.data(), O_CLOEXEC), "pipe");
        close(ends[0]);
        return ends[1];
    }
    return -1;
}

// Opened before privileges are dropped: the way to it may be closed to others.
struct Executable {
    explicit Executable(const std::string& path)
        : fd(checked(open(path.c_str(), O_PATH | O_CLOEXEC), path.c_str())) {}
    ~Executable() { close(fd); }
    int fd;
};

[[noreturn]] void become(int executable, std::vector<char*> arguments) {
    arguments.push_back(nullptr);
    fexecve(executable, arguments.data(), environ);
    _exit(127);
}

void drop_to(uid_t uid) {
    if (setgroups(0, nullptr) || setgid(uid) || setuid(uid))
        _exit(126);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (auto& string : strings)
        result.push_back(string.data());
    return result;
}

pid_t spawn(const std::string& binary, const Arguments& arguments, std::array<int, 3> fds,
            const RunOptions& options) {
    const Executable executable(binary);
    std::vector<std::string> words{binary};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto argv = pointers(words);

    const pid_t pid = checked(fork(), "fork");
    if (pid != 0)
        return pid;
    for (int fd = 0; fd < 3; ++fd)
        if (fds[fd] == -1)
            close(fd);
        else
            dup2(fds[fd], fd);
    signal(SIGPIPE, SIG_DFL);
    for (const auto lack : options.lacks)
        if (!take_away(lack))
            _exit(125);
    if (options.uid)
        drop_to(*options.uid);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); // what the test itself was given is no part of a topology
    become(executable.fd, argv);
}

} // namespace

std::string otherend_binary() {
    return from_environment("OTHEREND", OTHEREND_BINARY);
}

std::string program_binary(const std::string& name) {
    return from_environment("OTHEREND_PROGRAMS", OTHEREND_PROGRAMS) + "/" + name;
}

Outcome run(const std::string& binary, const Arguments& arguments, const RunOptions& options) {
    const int null = checked(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
    const int out = stdout_for(options.out);
    const int err = checked(memfd_create("stderr", MFD_CLOEXEC), "memfd_create");
    Outcome result;
    result.exit_code = wait_patiently(spawn(binary, arguments, {null, out, err}, options));
    if (options.out == Stdout::captured)
        result.out = content_of(out);
    result.err = content_of(err);
    for (const int fd : {null, out, err})
        if (fd != -1)
            close(fd);
    return result;
}

Outcome otherend(const Arguments& arguments, const RunOptions& options) {
    return run(otherend_binary(), arguments, options);
}

Program::Program(const std::string& name, const Arguments& arguments) {
    std::array<int, 2> input{}, output{};
    checked(pipe2(input.data(), O_CLOEXEC), "pipe");
    checked(pipe2(output.data(), O_CLOEXEC), "pipe");
    const int errors = checked(memfd_create("stderr", MFD_CLOEXEC), "memfd_create");
    pid_ = spawn(program_binary(name), arguments, {input[0], output[1], errors}, {});
    close(input[0]);
    close(output[1]);
    input_ = input[1];
    line_ = line_from(output[0]);
    close(output[0]);
    if (line_.empty()) {
        const auto why = content_of(errors);
        if (end() != exit_skipped)
            throw std::runtime_error(name + " has no truth to tell: " + why);
        skipped_ = why;
    }
    close(errors);
}

Program::~Program() {
    end();
}

int Program::end() {
    if (input_ != -1) {
        close(std::exchange(input_, -1));
        exit_code_ = wait_patiently(pid_);
    }
    return exit_code_;
}

} // namespace otherend::harness
