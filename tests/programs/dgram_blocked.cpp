// SPDX-License-Identifier: MIT
// Senders asleep because a datagram server's queue is full. They wait on the same queue as a blocked connect()
// (peer_wait), but wait for no listener: one is connected to the server, one is connected to nobody.
#include "topology.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace otherend::topology;

namespace {

void fill(int fd) {
    check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
    while (send(fd, "x", 1, 0) == 1)
        ;
    check(fcntl(fd, F_SETFL, 0), "fcntl");
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("log");
    truth.hold("server", make_bound(SOCK_DGRAM, name));
    const int client = truth.hold("client", connect_to(name, SOCK_DGRAM));
    truth.point("client", "server");
    fill(client);

    for (const std::string key : {"blocked-client", "blocked-stranger"}) {
        auto sender = start([&](Report& report) {
            keep_only({});
            const int fd = report.truth.hold(key, make_socket(SOCK_DGRAM));
            if (key == "blocked-client")
                connect_fd(fd, name);
            report.send();
            sleep_in_send(fd, name);
        });
        topology.include(sender);
        wait_until([&] { return is_asleep_in_send(sender.pid); }, "sendto() does not block");
    }
    truth.point("blocked-client", "server");
    topology.present();
}
