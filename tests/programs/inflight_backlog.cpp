// SPDX-License-Identifier: MIT
// A socket sent to a server that has not accepted yet: the carrier is an end without an inode.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("busy.sock");

    truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 1, 16);
    const int client = truth.hold("C", connect_to(name));
    truth.wait_for_accept("C", "E", "L");

    const auto [kept, sent] = make_pair(SOCK_STREAM);
    truth.hold("kept", kept);
    truth.describe("sent", sent);
    truth.join("kept", "sent");
    send_descriptor(client, sent);
    close(sent);
    truth.hold_in_flight("sent", "E");
    topology.present();
}
