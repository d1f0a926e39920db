// SPDX-License-Identifier: MIT
// A terminal emulator and what runs in it. Argument: shared (both ends in two processes), via_tty (a descriptor of
// /dev/tty, too), no_slave (nobody opened it), master_closed.
#include "pty.hpp"
#include "topology.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace otherend::topology;

namespace {

void be_session(Report& child, int slave, bool is_controlled) {
    keep_only({slave});
    child.truth.hold("slave", slave);
    if (!is_controlled)
        return;
    control_by(slave);
    child.truth.hold("slave", check(open("/dev/tty", O_RDWR | O_CLOEXEC), "/dev/tty"));
    child.truth["slave"]["by_alias"] = true; // a name that does not lead to it
}

} // namespace

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const std::string_view argument = argc > 1 ? argv[1] : "";
    const int master = open_master();
    if (argument == "no_slave") {
        truth.hold("master", master);
        topology.present();
    }
    const int slave = open_slave_of(master);
    if (argument == "shared") {
        truth.hold("slave", slave);
        topology.include(start([&](Report& child) {
            child.truth.hold("slave", slave);
            child.truth.hold("master", master);
        }));
    } else {
        topology.include(start([&](Report& child) { be_session(child, slave, argument == "via_tty"); }));
        close(slave);
    }
    if (argument == "master_closed") {
        close(master);
        truth.lose_peer("slave");
        topology.present();
    }
    truth.hold("master", master);
    truth.join("master", "slave");
    topology.present();
}
