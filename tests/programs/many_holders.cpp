// SPDX-License-Identifier: MIT
// Two hundred processes hold one end of a connection, as workers inherit a log socket.
#include "topology.hpp"

#include <string>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto [left, right] = make_pair(SOCK_STREAM);
    truth.hold("left", left);
    truth.hold("right", right);
    truth.join("left", "right");
    truth.opened_here("left");
    truth.opened_here("right");

    constexpr int workers = 200;
    for (int i = 0; i < workers; ++i)
        topology.include(start([&, left = left](Report& worker) {
            keep_only({left});
            worker.truth.hold("left", left);
        }));
    topology.present();
}
