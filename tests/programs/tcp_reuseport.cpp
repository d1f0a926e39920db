// SPDX-License-Identifier: MIT
// Two listeners on one port: a connection came from one of them, and nothing says afterwards from which.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <poll.h>

using namespace otherend::topology;

namespace {

int listen_with_others(const InetAddress& address) {
    const int fd = make_inet(SOCK_STREAM);
    set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    bind_inet(fd, address);
    check(listen(fd, 16), "listen");
    return fd;
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int one = truth.hold("L1", listen_with_others({"127.0.0.1", 0}));
    const int other = truth.hold("L2", listen_with_others(local_address(one)));
    truth.listening("L1", 0, 16);
    truth.listening("L2", 0, 16);
    truth.hold("C", connected_to(local_address(one)));
    pollfd ready[] = {{.fd = one, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    check(poll(ready, 2, -1), "poll");
    truth.hold("S", accept_from(ready[0].revents ? one : other));
    truth.join("S", "C");

    truth.hold("W", connected_to(local_address(one))); // this one waits, and its queue is known
    check(poll(ready, 2, -1), "poll");
    const std::string listener = ready[0].revents ? "L1" : "L2";
    truth.wait_for_accept("W", "E", listener);
    truth.listening(listener, 1, 16);
    topology.present();
}
