// SPDX-License-Identifier: MIT
// A process that moves data, and what was seen of it: it stops itself before it begins, and is watched until it ends.
#pragma once

#include "kernel/observe.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <signal.h>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <variant>

namespace otherend::harness {

inline int must(long result, const char* what) {
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return static_cast<int>(result);
}

// A socket whose other end is the test's. What the relay is to read is there before it starts.
class Channel {
  public:
    explicit Channel(std::string_view to_read = "") {
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), "socketpair");
        must(write(ends_[0], to_read.data(), to_read.size()), "write");
        must(shutdown(ends_[0], SHUT_WR), "shutdown");
    }
    ~Channel() {
        close(ends_[0]);
        close(ends_[1]);
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    [[nodiscard]] int fd() const { return ends_[1]; }

  private:
    std::array<int, 2> ends_{};
};

struct Amount {
    std::uint64_t count = 0, direct = 0, bytes = 0;

    bool operator==(const Amount&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Amount& amount) {
        return out << amount.count << " writes, " << amount.direct << " direct, " << amount.bytes << " bytes";
    }
};

using Moves = std::map<std::pair<int, int>, Amount>; // by descriptors: from, to

struct Seen {
    Moves moves; // of the relay
    std::map<std::string, std::uint64_t> unseen;
    int exit_code = -1;
};

class Relay {
  public:
    explicit Relay(const std::function<void()>& body) : pid_(must(fork(), "fork")) {
        if (pid_ == 0) {
            raise(SIGSTOP);
            body();
            _exit(0);
        }
        int status = 0;
        must(waitpid(pid_, &status, WUNTRACED), "waitpid");
    }
    ~Relay() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
        }
    }
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    [[nodiscard]] Pid pid() const { return Pid{pid_}; }

    // Lets it go. Its exit code; 128 + signal if one ended it.
    int run() {
        must(kill(pid_, SIGCONT), "kill");
        int status = 0;
        must(waitpid(std::exchange(pid_, -1), &status, 0), "waitpid");
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

  private:
    pid_t pid_;
};

// What is seen of a relay while it runs. Throws what observing failed with.
inline Seen watch(Relay& relay, const kernel::Watched& watched) {
    const auto pid = relay.pid();
    auto observer = kernel::Observer::start(watched);
    if (!observer)
        throw std::runtime_error(observer.error().message);
    Seen seen{.exit_code = relay.run()};
    const auto done = std::move(*observer).finish([&](const model::Fact& fact) {
        if (const auto* move = std::get_if<model::TransferFact>(&fact); move && move->pid == pid)
            seen.moves[{move->from, move->to}] = {move->count, move->direct, move->bytes};
        if (const auto* unseen = std::get_if<model::UnseenFact>(&fact))
            seen.unseen[std::string(unseen->why)] += unseen->count;
    });
    if (!done)
        throw std::runtime_error(done.error().message);
    return seen;
}

inline Seen watch(const std::function<void()>& body) {
    Relay relay(body);
    const Pid pid = relay.pid();
    return watch(relay, {.processes = std::span(&pid, 1)});
}

} // namespace otherend::harness
