// SPDX-License-Identifier: MIT
// Three clients that are connected and not accepted.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int listener = truth.hold("L", listen_at({"127.0.0.1", 0}));
    const auto server = local_address(listener);
    topology.include(start([&](Report& clients) {
        keep_only({});
        for (const auto* key : {"C1", "C2", "C3"})
            clients.truth.hold(key, connected_to(server));
    }));
    for (const std::string number : {"1", "2", "3"})
        truth.wait_for_accept("C" + number, "E" + number, "L");
    truth.listening("L", 3, 16);
    topology.present();
}
