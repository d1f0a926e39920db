// SPDX-License-Identifier: MIT
// A server accepts and forks a child per connection; the client forks too, and both keep the descriptors.
// Argument: stream (default) or seqpacket.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

namespace {

void be_client(Truth& truth, const std::string& name, int type) {
    const int first = truth.hold("C1", connect_to(name, type));
    const int second = truth.hold("C2", connect_to(name, type));
    truth.opened_here("C1");
    truth.opened_here("C2");
    auto forked = start([&](Report& child) {
        child.truth.hold("C1", first);
        child.truth.hold("C2", second);
    });
    truth.merge(forked.report());
}

} // namespace

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const int type = argc > 1 && std::string_view(argv[1]) == "seqpacket" ? SOCK_SEQPACKET : SOCK_STREAM;
    const auto name = topology.path("test.sock");

    const int listener = truth.hold("L", listen_on(name, type));
    truth.listening("L", 0, 16);
    truth.opened_here("L");
    topology.include(start([&](Report& client) {
        keep_only({});
        be_client(client.truth, name, type);
    }));
    for (const auto* number : {"1", "2"}) {
        const auto accepted = std::string("S") + number;
        const int fd = accept_from(listener);
        topology.include(start([&](Report& child) {
            keep_only({fd});
            child.truth.hold(accepted, fd);
        }));
        close(fd);
        truth.opened_here(accepted);
        truth.accept(accepted, std::string("C") + number, "L");
    }
    topology.present();
}
