// SPDX-License-Identifier: MIT
// TCP and UDP sockets in a network namespace without a process: whoever made them went home with their descriptors.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <fcntl.h>
#include <sched.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const int home = check(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "/proc/self/ns/net");
    enter_new_network();
    const int listener = listen_at({"127.0.0.1", 0});
    const int client = connected_to(local_address(listener));
    const int accepted = accept_from(listener);
    const int udp = bound_at({"127.0.0.1", 0}, SOCK_DGRAM);
    check(setns(home, CLONE_NEWNET), "setns");
    truth.hold("L", listener);
    truth.listening("L", 0, 16);
    truth.hold("client", client);
    truth.hold("accepted", accepted);
    truth.accept("accepted", "client", "L");
    truth.hold("udp", udp);
    topology.present();
}
