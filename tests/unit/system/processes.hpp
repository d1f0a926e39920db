// SPDX-License-Identifier: MIT
// What the tests of this layer need of a live system: other processes, and fewer rights.
#pragma once

#include "base/fd.hpp"
#include "otherend/ids.hpp"

#include <array>
#include <cstdlib>
#include <functional>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace otherend::system {

inline Inode inode_of(int fd) {
    struct stat status{};
    if (fstat(fd, &status) < 0)
        throw std::runtime_error("fstat");
    return Inode{status.st_ino};
}

inline std::array<Fd, 2> make_pair(int type) {
    int fds[2];
    if (socketpair(AF_UNIX, type, 0, fds) < 0)
        throw std::runtime_error("socketpair");
    return {Fd(fds[0]), Fd(fds[1])};
}

// Lets others run until `done`, and gives up where a test would otherwise hang.
inline void wait_until(const std::function<bool()>& done) {
    for (int i = 0; i < 1'000'000; ++i) {
        if (done())
            return;
        sched_yield();
    }
    throw std::runtime_error("waited in vain");
}

// A process that has done `work` and stays until this object goes. `work` returns false if it could not.
class Child {
  public:
    using Work = std::function<bool(const std::function<void()>& ready)>;

    // `work` calls its argument when it has done what the test needs.
    explicit Child(const Work& work) {
        auto [ours, theirs] = make_pair(SOCK_STREAM);
        pid_ = fork();
        if (pid_ < 0)
            throw std::runtime_error("fork");
        if (pid_ == 0) {
            ours.reset();
            const int fd = *theirs;
            _exit(work([fd] { (void)!write(fd, "1", 1); }) ? EXIT_SUCCESS : EXIT_FAILURE);
        }
        theirs.reset();
        char byte = 0;
        is_ready_ = read(*ours, &byte, 1) == 1;
        channel_ = std::move(ours);
    }
    ~Child() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] bool is_ready() const { return is_ready_; }
    [[nodiscard]] Pid pid() const { return Pid{pid_}; }

  private:
    pid_t pid_ = -1;
    bool is_ready_ = false;
    Fd channel_;
};

// While it lives, this thread may do no more than anybody.
class Nobody {
  public:
    Nobody() {
        if (was_ == 0 && seteuid(65534) < 0)
            throw std::runtime_error("seteuid");
    }
    ~Nobody() {
        if (was_ == 0 && seteuid(0) < 0)
            std::abort();
    }
    Nobody(const Nobody&) = delete;
    Nobody& operator=(const Nobody&) = delete;

  private:
    uid_t was_ = geteuid();
};

} // namespace otherend::system
