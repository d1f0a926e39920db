// SPDX-License-Identifier: MIT
// A listener, a client in another process and what was accepted; and a connection within one process.
// Argument: 4 (default), 6, or mapped, where the listener takes both families and the client comes by IPv4.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

using namespace otherend::topology;

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const std::string_view argument = argc > 1 ? argv[1] : "4";
    enter_new_network();
    const char* address = argument == "4" ? "127.0.0.1" : argument == "6" ? "::1" : "::";
    const int listener = truth.hold("L", listen_at({address, 0}));
    truth.listening("L", 0, 16);
    const InetAddress server = argument == "mapped" ? InetAddress("127.0.0.1", local_address(listener).port())
                                                    : local_address(listener);

    topology.include(start([&](Report& client) {
        keep_only({});
        client.truth.hold("C1", connected_to(server));
    }));
    truth.hold("S1", accept_from(listener));
    truth.accept("S1", "C1", "L");
    truth.hold("C2", connected_to(server));
    truth.hold("S2", accept_from(listener));
    truth.accept("S2", "C2", "L");
    topology.present();
}
