// SPDX-License-Identifier: MIT
// Clients in other network namespaces reach a server by path: the accepted sockets live in the clients'
// namespaces. An abstract name is another socket in each.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("daemon.sock"), local = abstract("local");

    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 0, 16);
    for (const auto* number : {"1", "2", "3"}) {
        const auto client = std::string("C") + number, accepted = std::string("S") + number;
        topology.include(start([&](Report& report) {
            keep_only({});
            enter_new_netns();
            report.truth.hold(client, connect_to(name));
            report.truth.opened_here(client);
            const auto own = std::string("own") + number;
            report.truth.hold(own, listen_on(local));
            report.truth.opened_here(own);
            report.truth.listening(own, 0, 16);
        }));
        truth.hold(accepted, accept_from(listener));
        truth.opened_here(accepted);
        truth.accept(accepted, client, "L");
    }
    topology.present();
}
