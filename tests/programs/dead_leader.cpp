// SPDX-License-Identifier: MIT
// A process whose main thread has called pthread_exit(): /proc/PID/fd is empty. Two threads share the table, and
// are one holder; a third has its own.
#include "topology.hpp"

#include <array>
#include <pthread.h>
#include <sched.h>
#include <thread>
#include <unistd.h>

using namespace otherend::topology;

int main() {
    // Not on main's stack, which is gone when the truth is told.
    static Topology topology;
    static Token idle_ready, own_ready;
    static std::array<pid_t, 2> sharing;
    auto& truth = topology.truth;

    const auto [left, right] = make_pair(SOCK_STREAM);
    truth.hold("left", left);
    truth.hold("right", right);
    truth.join("left", "right");

    std::thread([] {
        sharing[0] = own_tid();
        idle_ready.give();
        pause();
    }).detach();
    idle_ready.take();

    std::thread([] {
        check(unshare(CLONE_FILES), "unshare(CLONE_FILES)");
        keep_only({});
        const Keeper self{.pid = getpid(), .tid = own_tid()};
        const auto [one, other] = make_pair(SOCK_DGRAM);
        topology.truth.hold("own-one", one, self);
        topology.truth.hold("own-other", other, self);
        topology.truth.join("own-one", "own-other");
        own_ready.give();
        pause();
    }).detach();
    own_ready.take();

    std::thread([] {
        sharing[1] = own_tid();
        wait_until([] { return is_zombie(getpid()); }, "the main thread does not end");
        for (const auto* key : {"left", "right"})
            topology.truth.share_holder(key, sharing);
        topology.present();
    }).detach();
    pthread_exit(nullptr);
}
