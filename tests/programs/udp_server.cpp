// SPDX-License-Identifier: MIT
// A UDP server that is connected to nobody, two clients that are connected to it, one that is
// bound and one that is fresh.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int server = truth.hold("server", bound_at({"127.0.0.1", 0}, SOCK_DGRAM));
    const auto address = local_address(server);
    for (const auto* key : {"C1", "C2"}) {
        topology.include(start([&](Report& client) {
            keep_only({});
            client.truth.hold(key, connected_to(address, SOCK_DGRAM));
        }));
        truth.point(key, "server");
    }
    truth.hold("bound", bound_at({"127.0.0.1", 0}, SOCK_DGRAM));
    truth.hold("fresh", make_inet(SOCK_DGRAM));
    topology.present();
}
