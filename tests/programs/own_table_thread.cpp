// SPDX-License-Identifier: MIT
// A thread that did unshare(CLONE_FILES): it keeps copies of what was open, closes one, and opens what the rest
// of the process never sees.
#include "topology.hpp"

#include <sched.h>
#include <thread>
#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;

    const auto [both, main_only] = make_pair(SOCK_STREAM);
    truth.hold("both", both);
    truth.hold("main-only", main_only);
    truth.join("both", "main-only");

    Token ready;
    std::thread([&, both = both, main_only = main_only] {
        check(unshare(CLONE_FILES), "unshare(CLONE_FILES)");
        const Keeper self{.pid = getpid(), .tid = own_tid()};
        close(main_only);
        truth.hold("both", both, self);
        const auto [left, right] = make_pair(SOCK_SEQPACKET);
        truth.hold("thread-left", left, self);
        truth.hold("thread-right", right, self);
        truth.join("thread-left", "thread-right");
        ready.give();
        pause();
    }).detach();
    ready.take();
    topology.present();
}
