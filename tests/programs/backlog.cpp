// SPDX-License-Identifier: MIT
// More clients that wait for accept() than an unrolled walk takes (bpf/walk.h).
#include "topology.hpp"

using namespace otherend::topology;

int main() {
    constexpr int clients = 40;
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("busy.sock");
    truth.hold("L", listen_on(name, SOCK_STREAM, clients));
    truth.opened_here("L");
    truth.listening("L", clients, clients);
    for (int i = 0; i < clients; ++i) {
        const auto number = std::to_string(i);
        truth.hold("C" + number, connect_to(name));
        truth.opened_here("C" + number);
        truth.wait_for_accept("C" + number, "E" + number, "L");
    }
    topology.present();
}
