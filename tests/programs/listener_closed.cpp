// SPDX-License-Identifier: MIT
// A listener that closed: the accepted connection lives on, the client in its queue was reset.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("gone.sock");

    const int listener = listen_on(name);
    truth.hold("client", connect_to(name));
    truth.hold("accepted", accept_from(listener));
    truth.join("client", "accepted");
    truth.hold("waited", connect_to(name));
    truth.lose_peer("waited");
    close(listener);
    topology.present();
}
