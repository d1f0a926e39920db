// SPDX-License-Identifier: MIT
// Both processes hold every descriptor after fork(), the listener's, too.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int listener = truth.hold("L", listen_at({"127.0.0.1", 0}));
    truth.listening("L", 0, 16);
    const int client = truth.hold("C", connected_to(local_address(listener)));
    const int accepted = truth.hold("S", accept_from(listener));
    truth.accept("S", "C", "L");
    topology.include(start([&](Report& child) {
        child.truth.hold("L", listener);
        child.truth.hold("C", client);
        child.truth.hold("S", accepted);
    }));
    topology.present();
}
