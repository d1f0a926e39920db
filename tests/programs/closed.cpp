// SPDX-License-Identifier: MIT
// Survivors: the other end closed. A client, an accepted socket, a socketpair and a datagram client.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("server.sock"), log = topology.path("log");

    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 0, 16);
    truth.hold("client", connect_to(name));
    close(accept_from(listener));
    const int gone = connect_to(name);
    truth.hold("accepted", accept_from(listener));
    truth.say("accepted", "listener", "L");
    close(gone);

    const auto [kept, closed] = make_pair(SOCK_SEQPACKET);
    truth.hold("pair", kept);
    close(closed);

    const int server = make_bound(SOCK_DGRAM, log);
    truth.hold("dgram", connect_to(log, SOCK_DGRAM));
    close(server);

    for (const auto* key : {"client", "accepted", "pair", "dgram"})
        truth.lose_peer(key);
    topology.present();
}
