// SPDX-License-Identifier: MIT
// A listener that defers: until the client sends something the far end of its connection is a request (SYN_RECV),
// while the client's end is established.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

using namespace otherend::topology;

int main() {
    constexpr int patience_s = 60;
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int listener = bound_at({"127.0.0.1", 0});
    set_option(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, patience_s);
    check(listen(listener, 16), "listen");
    truth.hold("L", listener);
    truth.listening("L", 0, 16);
    truth.hold("C", connected_to(local_address(listener)));
    truth.wait_for_data("C", "request", "L");
    topology.present();
}
