// SPDX-License-Identifier: MIT
// populate PROCESSES KIND=COUNT...: a host full of channels, each with both ends in one process: socketpairs (unix),
// connections over the loopback interface (tcp), pipes (pipe) and pseudoterminals (pty). Says "ready" when all are
// there, and ends, leaving nothing behind, when its standard input does.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <netinet/in.h>
#include <optional>
#include <pty.h>
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
void make_socketpairs(unsigned count, unsigned) {
    for (unsigned i = 0; i < count; ++i) {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == -1)
            fail("socketpair");
    }
}

int tcp_socket() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1)
        fail("socket");
    return fd;
}

// Each process has a loopback address of its own, for there are not ports enough on one.
sockaddr_in listen_on_own_address(int listener, unsigned process) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + process);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), size) == -1)
        fail("bind");
    if (listen(listener, 1) == -1)
        fail("listen");
    if (getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == -1)
        fail("getsockname");
    return address;
}

// Closing resets: TIME_WAIT would outlive us, and be there when something else is measured.
void leave_nothing(int fd) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == -1)
        fail("setsockopt(SO_LINGER)");
}

// The listener stays, as it would in a server.
void make_connections(unsigned count, unsigned process) {
    const int listener = tcp_socket();
    const auto address = listen_on_own_address(listener, process);
    for (unsigned i = 0; i < count; ++i) {
        const int client = tcp_socket();
        if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == -1)
            fail("connect");
        const int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted == -1)
            fail("accept4");
        leave_nothing(client);
        leave_nothing(accepted);
    }
}

void make_pipes(unsigned count, unsigned) {
    for (unsigned i = 0; i < count; ++i) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) == -1)
            fail("pipe2");
    }
}

void make_ptys(unsigned count, unsigned) {
    for (unsigned i = 0; i < count; ++i) {
        int master = -1, slave = -1;
        if (openpty(&master, &slave, nullptr, nullptr, nullptr) == -1)
            fail("openpty");
    }
}

struct Kind {
    std::string_view name;
    void (*make)(unsigned count, unsigned process);
};
constexpr std::array kinds{Kind{"unix", make_socketpairs}, Kind{"tcp", make_connections},
                           Kind{"pipe", make_pipes}, Kind{"pty", make_ptys}};

struct Share {
    const Kind* kind;
    unsigned count; // of channels in all processes
};

struct Request {
    unsigned processes = 0;
    std::vector<Share> shares;
};

std::optional<Share> parse_share(std::string_view text) {
    const auto sign = text.find('=');
    const auto* kind = std::ranges::find(kinds, text.substr(0, sign), &Kind::name);
    const auto count = sign == std::string_view::npos ? std::nullopt : positive(text.substr(sign + 1));
    return kind != kinds.end() && count ? std::optional(Share{kind, *count}) : std::nullopt;
}

std::optional<Request> parse(int argc, char** argv) {
    const auto processes = argc > 2 ? positive(argv[1]) : std::nullopt;
    if (!processes)
        return std::nullopt;
    Request request{.processes = *processes};
    for (int i = 2; i < argc; ++i) {
        const auto share = parse_share(argv[i]);
        if (!share)
            return std::nullopt;
        request.shares.push_back(*share);
    }
    return request;
}

unsigned part(const Share& share, unsigned process, unsigned processes) {
    return share.count / processes + (process < share.count % processes ? 1 : 0);
}

[[noreturn]] void hold(const Request& request, unsigned process, pid_t parent, int ready) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
        fail("prctl(PR_SET_PDEATHSIG)");
    if (getppid() != parent) // it died before the kernel knew
        _exit(EXIT_FAILURE);
    for (const auto& share : request.shares)
        share.kind->make(part(share, process, request.processes), process);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int inherited : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (nothing == -1 || dup2(nothing, inherited) == -1)
            fail("open /dev/null");
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
    const auto request = parse(argc, argv);
    if (!request) {
        std::fputs("usage: populate PROCESSES unix|tcp|pipe|pty=COUNT..., counts of 1 or more\n", stderr);
        return 2;
    }
    rlim_t descriptors = 16; // others than those of the channels
    for (const auto& share : request->shares)
        descriptors += rlim_t{2} * part(share, 0, request->processes);
    allow_descriptors(descriptors);

    if (close_range(STDERR_FILENO + 1, std::numeric_limits<unsigned>::max(), 0) == -1)
        fail("close_range");
    std::array<int, 2> ready{};
    if (pipe2(ready.data(), O_CLOEXEC) == -1)
        fail("pipe");
    const pid_t self = getpid();
    std::vector<pid_t> children(request->processes);
    for (unsigned i = 0; i < request->processes; ++i) {
        children[i] = fork();
        if (children[i] == -1)
            fail("fork");
        if (children[i] == 0) {
            close(ready[0]);
            hold(*request, i, self, ready[1]);
        }
    }
    close(ready[1]);
    wait_until_ready(ready[0], request->processes);

    std::puts("ready");
    std::fflush(stdout);
    wait_for_end_of_input();

    for (const pid_t child : children)
        kill(child, SIGKILL);
    while (wait(nullptr) > 0) {
    }
}
