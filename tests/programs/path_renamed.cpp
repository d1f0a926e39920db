// SPDX-License-Identifier: MIT
// A socket whose path was renamed, while another took the old path; and one bound by a relative path by a
// process that went elsewhere.
#include "topology.hpp"

#include <cstdio>
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

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto first = topology.path("first.sock"), second = topology.path("second.sock");

    add_server(truth, "moved", first);
    check(std::rename(first.c_str(), second.c_str()), "rename");
    add_server(truth, "newcomer", first);
    for (const auto* key : {"moved", "moved-accepted"}) {
        truth.resolve_name(key, second);
        truth.say(key, "bound_name_state", "replaced"); // as far as one knows who does not know the new name
    }

    check(chdir(topology.path("").c_str()), "chdir");
    add_server(truth, "relative", "relative.sock");
    truth.resolve_name("relative", topology.path("relative.sock"));
    truth.resolve_name("relative-accepted", topology.path("relative.sock"));
    check(chdir("/"), "chdir");
    topology.present();
}
