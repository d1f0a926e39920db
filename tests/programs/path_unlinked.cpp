// SPDX-License-Identifier: MIT
// A socket whose path was unlinked, and one whose path was replaced: old and new listener with one name, both
// with a client.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

namespace {

void add_server(Truth& truth, const std::string& key, const std::string& name) {
    const int listener = truth.hold(key, listen_on(name));
    truth.listening(key, 0, 16);
    truth.opened_here(key);
    truth.hold(key + "-client", connect_to(name));
    truth.hold(key + "-accepted", accept_from(listener));
    truth.accept(key + "-accepted", key + "-client", key);
}

void lose_name(Truth& truth, const std::string& key, const char* state) {
    truth.say(key, "name_state", state);
    truth.say(key + "-accepted", "name_state", state);
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto gone = topology.path("gone.sock"), twice = topology.path("twice.sock");

    add_server(truth, "unlinked", gone);
    check(unlink(gone.c_str()), "unlink");
    lose_name(truth, "unlinked", "unlinked");

    add_server(truth, "old", twice);
    check(unlink(twice.c_str()), "unlink");
    lose_name(truth, "old", "replaced");
    add_server(truth, "new", twice);
    topology.present();
}
