// SPDX-License-Identifier: MIT
// Pipes: both ends in one process, one end on each side of a fork, and two of which one end has no descriptor left.
#include "pipes.hpp"
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto [far_read, far_write] = make_pipe();
    topology.include(start([&, far_write = far_write](Report& writer) {
        keep_only({far_write});
        writer.truth.hold("far-write", far_write);
    }));
    close(far_write);
    truth.hold("far-read", far_read);
    truth.join("far-read", "far-write");

    const auto [own_read, own_write] = make_pipe();
    truth.hold("own-read", own_read);
    truth.hold("own-write", own_write);
    truth.join("own-read", "own-write");

    const auto [read_left, gone_write] = make_pipe();
    close(gone_write);
    truth.hold("read-left", read_left);
    truth.lose_peer("read-left");
    const auto [gone_read, write_left] = make_pipe();
    close(gone_read);
    truth.hold("write-left", write_left);
    truth.lose_peer("write-left");
    topology.present();
}
