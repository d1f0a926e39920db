// SPDX-License-Identifier: MIT
// Clients that are connected but not accepted: three in one process, one in another network namespace.
// Argument: stream (default) or seqpacket.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const int type = argc > 1 && std::string_view(argv[1]) == "seqpacket" ? SOCK_SEQPACKET : SOCK_STREAM;
    const auto name = topology.path("busy.sock");

    truth.hold("L", listen_on(name, type));
    truth.opened_here("L");
    topology.include(start([&](Report& clients) {
        keep_only({});
        for (const auto* key : {"C1", "C2", "C3"}) {
            clients.truth.hold(key, connect_to(name, type));
            clients.truth.opened_here(key);
        }
    }));
    topology.include(start([&](Report& client) {
        keep_only({});
        enter_new_netns();
        client.truth.hold("C4", connect_to(name, type));
        client.truth.opened_here("C4");
    }));
    for (const auto* number : {"1", "2", "3", "4"})
        truth.wait_for_accept(std::string("C") + number, std::string("E") + number, "L");
    truth.listening("L", 4, 16);
    topology.present();
}
