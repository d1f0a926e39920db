// SPDX-License-Identifier: MIT
// A message inside a message: `inner` is in flight on `middle`, which is itself in flight on `outer`. And a
// listener in flight, with a client that waits.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;

    const auto [inner_end, inner] = make_pair(SOCK_STREAM);
    const auto [middle_end, middle] = make_pair(SOCK_STREAM);
    const auto [outer_end, outer] = make_pair(SOCK_DGRAM);
    truth.hold("inner-end", inner_end);
    truth.hold("middle-end", middle_end);
    truth.hold("outer-end", outer_end);
    truth.hold("outer", outer);
    truth.describe("inner", inner);
    truth.describe("middle", middle);
    truth.join("inner-end", "inner");
    truth.join("middle-end", "middle");
    truth.join("outer-end", "outer");

    send_descriptor(middle_end, inner);
    close(inner);
    truth.hold_in_flight("inner", "middle");
    send_descriptor(outer_end, middle);
    close(middle);
    truth.hold_in_flight("middle", "outer");

    const auto name = abstract("listener");
    const int listener = listen_on(name);
    truth.describe("L", listener);
    truth.listening("L", 1, 16);
    truth.opened_here("L");
    truth.hold("client", connect_to(name));
    truth.wait_for_accept("client", "embryo", "L");
    send_descriptor(outer_end, listener);
    close(listener);
    truth.hold_in_flight("L", "outer");
    topology.present();
}
