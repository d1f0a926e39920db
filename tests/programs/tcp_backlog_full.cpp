// SPDX-License-Identifier: MIT
// A full accept queue: TCP takes one more than its limit, and drops the SYN of who comes then.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

using namespace otherend::topology;

int main() {
    constexpr int limit = 1;
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int listener = truth.hold("L", listen_at({"127.0.0.1", 0}, limit));
    const auto server = local_address(listener);
    for (const std::string number : {"1", "2"}) {
        truth.hold("C" + number, connected_to(server));
        truth.wait_for_accept("C" + number, "E" + number, "L");
    }
    const int late = make_inet(SOCK_STREAM);
    start_connecting(late, server);
    truth.hold("late", late);
    truth.say("late", "remote", server.text());
    truth.wait_for_syn("late", "L");
    truth.listening("L", limit + 1, limit);
    topology.present();
}
