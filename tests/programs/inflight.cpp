// SPDX-License-Identifier: MIT
// Sockets inside SCM_RIGHTS messages: an accepted socket that nothing else keeps open, and one that is in flight
// and still held.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("server.sock");

    const auto [sender, carrier] = make_pair(SOCK_STREAM);
    truth.hold("sender", sender);
    truth.hold("carrier", carrier);
    truth.join("sender", "carrier");

    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 0, 16);
    truth.hold("client", connect_to(name));
    const int accepted = accept_from(listener);
    truth.describe("accepted", accepted);
    truth.accept("accepted", "client", "L");
    send_descriptor(sender, accepted);
    close(accepted);
    truth.hold_in_flight("accepted", "carrier");

    const auto [left, right] = make_pair(SOCK_DGRAM);
    truth.hold("left", left);
    truth.hold("right", right);
    truth.join("left", "right");
    send_descriptor(sender, left);
    truth.hold_in_flight("left", "carrier");
    topology.present();
}
