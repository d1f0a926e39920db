// SPDX-License-Identifier: MIT
// Two bound datagram sockets connected to each other, and one connected to itself.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto a = abstract("a"), b = abstract("b"), self = abstract("self");

    const int left = make_bound(SOCK_DGRAM, a);
    const int right = make_bound(SOCK_DGRAM, b);
    connect_fd(left, b);
    connect_fd(right, a);
    truth.hold("left", left);
    truth.hold("right", right);
    truth.join("left", "right");

    const int alone = make_bound(SOCK_DGRAM, self);
    connect_fd(alone, self);
    truth.hold("self", alone);
    truth.join("self", "self");
    topology.present();
}
