// SPDX-License-Identifier: MIT
// A UDP server that is connected to nobody, two clients that are connected to it, one that is
// bound and one that is fresh. Argument: both, where the server takes IPv4 on an IPv6 socket.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <string_view>
#include <unistd.h>

using namespace otherend::topology;

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const bool takes_both = argc > 1 && std::string_view(argv[1]) == "both";
    const int server = truth.hold("server", bound_at({takes_both ? "::" : "127.0.0.1", 0}, SOCK_DGRAM));
    const InetAddress address("127.0.0.1", local_address(server).port());
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
