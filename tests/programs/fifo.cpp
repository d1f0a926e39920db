// SPDX-License-Identifier: MIT
// A FIFO with a reader and a writer in other processes. Argument: read_write, where one descriptor is open for both and
// so is a holder of both ends; or closed, where the writer has gone.
#include "pipes.hpp"
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

namespace {

void hold_both(Truth& truth, int fd) {
    for (const auto* type : {"read", "write"}) {
        truth.say(type, "type", type);
        truth.hold(type, fd);
    }
}

} // namespace

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const std::string_view argument = argc > 1 ? argv[1] : "";
    const auto path = topology.path("queue");
    make_fifo(path);
    const int both = open_fifo(path, O_RDWR); // else the first to open it would wait for the other
    for (const auto& [key, flags] : {std::pair{"read", O_RDONLY}, {"write", O_WRONLY}}) {
        if (argument == "closed" && flags == O_WRONLY)
            continue;
        topology.include(start([&, name = key, mode = flags](Report& child) {
            keep_only({both});
            child.truth.hold(name, open_fifo(path, mode));
            close(both);
        }));
    }
    if (argument == "read_write")
        hold_both(truth, both);
    else
        close(both);
    if (argument == "closed")
        truth.lose_peer("read");
    else
        truth.join("read", "write");
    topology.present();
}
