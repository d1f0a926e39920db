// SPDX-License-Identifier: MIT
// shutdown() closes directions, not the connection: every pair is still connected.
#include "topology.hpp"

#include <utility>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    for (const auto& [name, how] : {std::pair{"write", SHUT_WR}, {"read", SHUT_RD}, {"both", SHUT_RDWR}}) {
        const auto left = std::string(name) + "-left", right = std::string(name) + "-right";
        const auto [one, other] = make_pair(SOCK_STREAM);
        check(shutdown(one, how), "shutdown");
        truth.hold(left, one);
        truth.hold(right, other);
        truth.join(left, right);
    }
    topology.present();
}
