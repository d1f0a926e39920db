// SPDX-License-Identifier: MIT
// Two processes that share one descriptor table (clone with CLONE_FILES): both are holders.
#include "topology.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;

    const pid_t parent = getpid();
    const auto child = static_cast<pid_t>(
        check(static_cast<int>(syscall(SYS_clone, CLONE_FILES | SIGCHLD, nullptr, nullptr, nullptr, nullptr)),
              "clone(CLONE_FILES)"));
    if (child == 0) {
        die_with(parent);
        for (;;)
            pause();
    }
    const auto [left, right] = make_pair(SOCK_STREAM);
    for (const auto& [key, fd] : {std::pair{"left", left}, {"right", right}}) {
        truth.hold(key, fd);
        truth.hold(key, fd, {.pid = child});
    }
    truth.join("left", "right");
    topology.present();
}
