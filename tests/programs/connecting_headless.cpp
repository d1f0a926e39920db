// SPDX-License-Identifier: MIT
// Asleep in connect() in a process whose leader has exited. Another thread shares the table, and either may be
// named as the holder.
#include "topology.hpp"

#include <array>
#include <pthread.h>
#include <thread>
#include <unistd.h>

using namespace otherend::topology;

namespace {

// Not on main's stack, which is gone when the truth is told.
std::array<pid_t, 2> sharing;

void tell(Topology& topology) {
    sharing[0] = own_tid();
    wait_until([] { return is_zombie(getpid()); }, "the main thread does not end");
    wait_until([] { return is_asleep_in_connect(getpid(), sharing[1]); }, "connect() does not block");
    for (const auto* key : {"L", "first", "blocked"})
        topology.truth.share_holder(key, sharing);
    topology.present();
}

} // namespace

int main() {
    static Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("full.sock");
    truth.hold("L", listen_on(name, SOCK_STREAM, 0));
    truth.opened_here("L");
    truth.listening("L", 1, 0);
    truth.hold("first", connect_to(name));
    truth.opened_here("first");
    truth.wait_for_accept("first", "E", "L");

    const int fd = truth.hold("blocked", make_socket(SOCK_STREAM));
    truth.wait_for_room("blocked", "L");
    std::thread([] { tell(topology); }).detach();
    std::thread([fd, name] {
        sharing[1] = own_tid();
        sleep_in_connect(fd, name);
    }).detach();
    pthread_exit(nullptr);
}
