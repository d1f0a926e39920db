// SPDX-License-Identifier: MIT
// A FIFO with a reader and a writer in other processes. Argument: read_write, where one descriptor is open for both and
// so is a holder of both ends; closed, where the writer has gone; unlinked, where the name has; or deleted, where the
// name looks like one that has and has not.
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

void lose_name(Truth& truth, const std::string& path) {
    check(unlink(path.c_str()), "unlink");
    for (const auto* type : {"read", "write"})
        truth.say(type, "name_state", "unlinked");
}

} // namespace

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const std::string_view argument = argc > 1 ? argv[1] : "";
    const auto path = topology.path(argument == "deleted" ? "queue (deleted)" : "queue");
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
    if (argument == "unlinked")
        lose_name(truth, path);
    topology.present();
}
