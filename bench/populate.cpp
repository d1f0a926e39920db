// SPDX-License-Identifier: MIT
// populate PAIRS PROCESSES: a host full of socketpairs. Says "ready" when all are there, and ends, leaving
// nothing behind, when its standard input does.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "populate: %s: %s\n", what, std::strerror(errno));
    _exit(EXIT_FAILURE);
}

std::optional<unsigned> positive(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0)
        return std::nullopt;
    return value;
}

void allow_descriptors(rlim_t wanted) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
        fail("getrlimit(RLIMIT_NOFILE)");
    if (limit.rlim_cur >= wanted)
        return;
    limit = {.rlim_cur = wanted, .rlim_max = std::max(wanted, limit.rlim_max)};
    if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
        fail("setrlimit(RLIMIT_NOFILE)");
}

// The descriptors stay open: they are what this program is for.
[[noreturn]] void hold_pairs(unsigned pairs, pid_t parent, int ready) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
        fail("prctl(PR_SET_PDEATHSIG)");
    if (getppid() != parent) // it died before the kernel knew
        _exit(EXIT_FAILURE);
    for (unsigned i = 0; i < pairs; ++i) {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == -1)
            fail("socketpair");
    }
    if (write(ready, "", 1) != 1)
        fail("write");
    close(ready);
    while (true)
        pause();
}

// Ends early if a child does, for the writing end is then closed everywhere.
void wait_until_ready(int ready, unsigned processes) {
    for (unsigned i = 0; i < processes; ++i) {
        char byte = 0;
        if (read(ready, &byte, 1) != 1) {
            std::fprintf(stderr, "populate: %u of %u processes are ready\n", i, processes);
            exit(EXIT_FAILURE);
        }
    }
}

void wait_for_end_of_input() {
    std::array<char, 64> ignored{};
    while (read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
    }
}

} // namespace

int main(int argc, char** argv) {
    const auto pairs = argc == 3 ? positive(argv[1]) : std::nullopt;
    const auto processes = argc == 3 ? positive(argv[2]) : std::nullopt;
    if (!pairs || !processes || *processes > *pairs) {
        std::fputs("usage: populate PAIRS PROCESSES, each at least 1, no more processes than pairs\n",
                   stderr);
        return 2;
    }
    constexpr rlim_t other_descriptors = 16;
    const unsigned most = (*pairs + *processes - 1) / *processes;
    allow_descriptors(rlim_t{2} * most + other_descriptors);

    std::array<int, 2> ready{};
    if (pipe2(ready.data(), O_CLOEXEC) == -1)
        fail("pipe");
    const pid_t self = getpid();
    std::vector<pid_t> children(*processes);
    for (unsigned i = 0; i < *processes; ++i) {
        children[i] = fork();
        if (children[i] == -1)
            fail("fork");
        if (children[i] == 0)
            hold_pairs(*pairs / *processes + (i < *pairs % *processes ? 1 : 0), self, ready[1]);
    }
    close(ready[1]);
    wait_until_ready(ready[0], *processes);

    std::puts("ready");
    std::fflush(stdout);
    wait_for_end_of_input();

    for (const pid_t child : children)
        kill(child, SIGKILL);
    while (wait(nullptr) > 0) {
    }
}
