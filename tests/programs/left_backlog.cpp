// SPDX-License-Identifier: MIT
// A client that left before it was accepted: its place in the queue is still taken. Another one still waits.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("busy.sock");

    truth.hold("L", listen_on(name));
    truth.opened_here("L");
    close(connect_to(name));
    truth.hold("C", connect_to(name));
    truth.opened_here("C");
    truth.wait_for_accept("C", "E", "L");
    truth.leave_queue("left", "L", "C");
    truth.listening("L", 2, 16);
    topology.present();
}
