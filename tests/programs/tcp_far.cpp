// SPDX-License-Identifier: MIT
// A connection whose other end is not on this host. A socket under repair (see CRIU) is connected without a packet.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    need({"ip", "route", "add", "192.0.2.0/24", "dev", "lo"});
    const int fd = make_inet(SOCK_STREAM);
    set_option(fd, IPPROTO_TCP, TCP_REPAIR, 1);
    bind_inet(fd, {"127.0.0.1", 0});
    connect_inet(fd, {"192.0.2.7", 5432}); // TEST-NET-1 (RFC 5737)
    truth.hold("C", fd);
    truth.reach_beyond("C");
    topology.present();
}
