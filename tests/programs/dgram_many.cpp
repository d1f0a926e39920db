// SPDX-License-Identifier: MIT
// Many datagram clients of one server, as of /dev/log: the kernel knows only client -> server. One client has a
// name of its own, two live in other network namespaces, and one is connected to nobody.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    const auto name = topology.path("log");
    topology.truth.hold("server", make_bound(SOCK_DGRAM, name));

    for (int i = 0; i < 6; ++i) {
        const auto key = "client" + std::to_string(i);
        topology.include(start([&](Report& client) {
            keep_only({});
            if (i >= 4)
                enter_new_netns();
            const int fd = make_socket(SOCK_DGRAM);
            if (i == 0)
                bind_to(fd, topology.path("client"));
            connect_fd(fd, name);
            client.truth.hold(key, fd);
        }));
        topology.truth.point(key, "server");
    }
    topology.truth.hold("stranger", make_socket(SOCK_DGRAM));
    topology.present();
}
