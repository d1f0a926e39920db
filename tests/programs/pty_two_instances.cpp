// SPDX-License-Identifier: MIT
// Two instances of devpts, as every container has one: the first terminal of each is /dev/pts/0. They are never
// crossed, nor is the one whose slave nobody opened joined with another's.
#include "pty.hpp"
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

namespace {

// The emulator and what runs in it, in one mount namespace.
void be_container(Truth& truth, const std::string& name, bool has_slave) {
    enter_new_devpts();
    const auto key = [&](const char* end) { return name + "-" + end; };
    const int master = open_master("/dev/pts/ptmx");
    const auto master_key = key("master"), slave_key = key("slave");
    if (has_slave) {
        const int slave = open_slave_of(master);
        auto session = start([&](Report& child) {
            keep_only({slave});
            child.truth.hold(slave_key, slave);
            child.truth.say(slave_key, "elsewhere", "not in this /dev/pts");
        });
        truth.merge(session.report());
        close(slave);
    }
    truth.hold(master_key, master);
    truth.say(master_key, "elsewhere", "not in this /dev/pts");
    if (has_slave)
        truth.join(master_key, slave_key);
}

} // namespace

int main() {
    Topology topology;
    for (const auto* name : {"one", "two", "three"})
        topology.include(start([&](Report& container) {
            keep_only({});
            be_container(container.truth, name, name != std::string_view("three"));
        }));
    topology.present();
}
