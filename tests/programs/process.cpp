// SPDX-License-Identifier: MIT
#include "process.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace otherend::topology {

namespace {

struct {
    pid_t owner = 0;
    std::string path;
} directory;

int pipe_of_parent = -1; // its reader learns of a failed process by the end of the pipe
std::vector<int> unread; // pipes of children that have not reported: not for the children after them

// What a child must not inherit without being meant to.
bool is_channel(int fd) {
    struct stat status{};
    return fstat(fd, &status) == 0 &&
           (S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode) || isatty(fd) == 1);
}

} // namespace

void make_directory() {
    std::string place = "/tmp/otherend-XXXXXX";
    if (!mkdtemp(place.data()))
        fail("mkdtemp");
    directory = {.owner = getpid(), .path = place};
    check(chmod(place.c_str(), 0755), "chmod");
}

void remove_directory() {
    std::error_code ignored; // what is left of it is in /tmp
    if (directory.owner == getpid())
        std::filesystem::remove_all(directory.path, ignored);
}

const std::string& own_directory() {
    return directory.path;
}

void fail(std::string_view what) {
    const int error = errno;
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), std::strerror(error));
    remove_directory();
    _exit(EXIT_FAILURE);
}

void skip(std::string_view why) {
    const int error = errno;
    std::fprintf(stderr, "skipped: %.*s: %s\n", static_cast<int>(why.size()), why.data(),
                 std::strerror(error));
    remove_directory();
    _exit(exit_skipped);
}

int check(int result, std::string_view what) {
    if (result == -1)
        fail(what);
    return result;
}

void wait_until(const std::function<bool()>& done, std::string_view what) {
    constexpr timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
    constexpr int rounds = 30'000; // half a minute at least
    for (int i = 0; i < rounds; ++i) {
        if (done())
            return;
        nanosleep(&pause, nullptr);
    }
    errno = ETIMEDOUT;
    fail(what);
}

pid_t own_pid() {
    return std::stoi(std::filesystem::read_symlink("/proc/self")); // this /proc is the host's
}

pid_t own_tid() {
    return static_cast<pid_t>(syscall(SYS_gettid));
}

// Both files are read: `syscall` says which call, `wchan` that it waits for room and not for a lock. A kernel
// without stack traces gives 0 as wchan.
static bool is_asleep_in(long call, pid_t pid, pid_t tid) {
    const auto task = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid);
    std::string current, place;
    std::ifstream(task + "/syscall") >> current;
    std::ifstream(task + "/wchan") >> place;
    return current == std::to_string(call) && (place == "unix_wait_for_peer" || place == "0");
}

bool is_asleep_in_connect(pid_t pid, pid_t tid) {
    return is_asleep_in(SYS_connect, pid, tid);
}

bool is_asleep_in_send(pid_t pid) {
    return is_asleep_in(SYS_sendto, pid, pid);
}

bool is_zombie(pid_t pid) {
    std::string text;
    std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), text);
    const auto comm_end = text.rfind(')');
    return comm_end != std::string::npos && text.substr(comm_end + 1).starts_with(" Z");
}

void die_with(pid_t parent) {
    check(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl(PR_SET_PDEATHSIG)");
    if (getppid() != parent &&
        getppid() != 0) // it died before the kernel knew; 0: it is in another pid namespace
        _exit(EXIT_FAILURE);
}

Token::Token() : fd_(check(eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE), "eventfd")) {}

void Token::give() {
    check(eventfd_write(fd_, 1), "eventfd_write");
}

void Token::take() {
    eventfd_t one = 0;
    check(eventfd_read(fd_, &one), "eventfd_read");
}

void Report::send() {
    if (pipe == -1)
        return;
    if (pipe == pipe_of_parent)
        pipe_of_parent = -1;
    const auto line = truth.line() + '\n';
    std::size_t sent = 0;
    while (sent < line.size())
        sent += static_cast<std::size_t>(
            check(static_cast<int>(write(pipe, line.data() + sent, line.size() - sent)), "write"));
    close(std::exchange(pipe, -1));
}

// A report ends with its line: a thread with its own table may have a copy of the other end of the pipe.
std::string Party::report() {
    std::string text;
    std::array<char, 4096> part{};
    while (!text.ends_with('\n')) {
        const int got = check(static_cast<int>(read(pipe, part.data(), part.size())), "read");
        if (got == 0)
            break;
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    std::erase(unread, pipe);
    close(std::exchange(pipe, -1));
    if (text.empty()) { // the child has said why
        int status = 0;
        waitpid(pid, &status, 0);
        remove_directory();
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
    }
    return text;
}

void keep_only(std::initializer_list<int> fds) {
    std::vector<int> open;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        open.push_back(std::stoi(entry.path().filename()));
    for (const int fd : open) {
        const bool is_frame = fd <= STDERR_FILENO || fd == pipe_of_parent;
        if (!is_frame && is_channel(fd) && std::ranges::find(fds, fd) == fds.end())
            close(fd);
    }
}

void keep_nothing() {
    keep_only({});
    close(pipe_of_parent);
}

pid_t start_child(const std::function<void()>& body) {
    const pid_t parent = getpid();
    const pid_t pid = check(fork(), "fork");
    if (pid != 0)
        return pid;
    die_with(parent);
    for (const int other : std::exchange(unread, {}))
        close(other);
    if (pipe_of_parent != -1)
        close(std::exchange(pipe_of_parent, -1));
    body();
    for (;;)
        pause();
}

Party start(const std::function<void(Report&)>& body) {
    std::array<int, 2> channel{};
    check(pipe2(channel.data(), O_CLOEXEC), "pipe");
    const pid_t pid = start_child([&] {
        close(channel[0]);
        pipe_of_parent = channel[1];
        Report report{.truth = {}, .pipe = channel[1]};
        body(report);
        report.send();
        for (;;) // in here, where what the body refers to still exists
            pause();
    });
    close(channel[1]);
    unread.push_back(channel[0]);
    return {.pid = pid, .pipe = channel[0]};
}

} // namespace otherend::topology
