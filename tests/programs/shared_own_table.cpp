// SPDX-License-Identifier: MIT
// Two threads that share a descriptor table which is not their process's: one did unshare(CLONE_FILES), the other
// is its thread. They are one holder.
#include "topology.hpp"

#include <array>
#include <sched.h>
#include <thread>
#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    Token other_ready, ready;
    std::thread([&] {
        check(unshare(CLONE_FILES), "unshare(CLONE_FILES)");
        std::array<pid_t, 2> sharing{own_tid()};
        std::thread([&] {
            sharing[1] = own_tid();
            other_ready.give();
            pause();
        }).detach();
        other_ready.take();
        const auto [left, right] = make_pair(SOCK_STREAM);
        truth.hold("left", left);
        truth.hold("right", right);
        truth.join("left", "right");
        for (const auto* key : {"left", "right"})
            truth.share_holder(key, sharing);
        ready.give();
        pause();
    }).detach();
    ready.take();
    topology.present();
}
