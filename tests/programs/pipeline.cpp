// SPDX-License-Identifier: MIT
// What a shell makes of "one | two | three".
#include "pipes.hpp"
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto [second_in, first_out] = make_pipe();
    const auto [third_in, second_out] = make_pipe();
    topology.include(start([&, out = first_out](Report& first) {
        keep_only({out});
        first.truth.hold("first-out", out);
    }));
    topology.include(start([&, in = second_in, out = second_out](Report& second) {
        keep_only({in, out});
        second.truth.hold("second-in", in);
        second.truth.hold("second-out", out);
    }));
    topology.include(start([&, in = third_in](Report& third) {
        keep_only({in});
        third.truth.hold("third-in", in);
    }));
    keep_only({});
    truth.join("first-out", "second-in");
    truth.join("second-out", "third-in");
    topology.present();
}
