// SPDX-License-Identifier: MIT
// One datagram client connected to one bound server, each in its process.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    const auto name = topology.path("server.sock");
    topology.truth.hold("server", make_bound(SOCK_DGRAM, name));
    topology.include(start([&](Report& client) {
        keep_only({});
        client.truth.hold("client", connect_to(name, SOCK_DGRAM));
    }));
    topology.truth.point("client", "server");
    topology.present();
}
