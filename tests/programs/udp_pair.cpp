// SPDX-License-Identifier: MIT
// Two UDP sockets connected to each other, one of which another process holds.
// Argument: 4 (default), 6, or mapped, where an IPv6 socket talks IPv4.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const std::string_view argument = argc > 1 ? argv[1] : "4";
    enter_new_network();
    const int one = bound_at({argument == "6" ? "::1" : "127.0.0.1", 0}, SOCK_DGRAM);
    const int other = bound_at({argument == "4"   ? "127.0.0.1"
                                : argument == "6" ? "::1"
                                                  : "::ffff:127.0.0.1",
                                0},
                               SOCK_DGRAM);
    connect_inet(other, argument == "mapped" ? InetAddress("::ffff:127.0.0.1", local_address(one).port())
                                             : local_address(one));
    connect_inet(one, argument == "mapped" ? InetAddress("127.0.0.1", local_address(other).port())
                                           : local_address(other));
    topology.include(start([&](Report& child) {
        keep_only({other});
        child.truth.hold("other", other);
    }));
    close(other);
    truth.hold("one", one);
    truth.join("one", "other");
    topology.present();
}
