// SPDX-License-Identifier: MIT
// TCP sockets without a connection: fresh, bound but not listening, and listeners of one family, of IPv6 only and of
// both.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <netinet/in.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    truth.hold("fresh", make_inet(SOCK_STREAM));
    truth.hold("fresh6", make_inet(SOCK_STREAM, AF_INET6));
    truth.hold("bound", bound_at({"127.0.0.1", 0}));
    truth.hold("any", listen_at({"0.0.0.0", 0}));
    truth.listening("any", 0, 16);
    truth.hold("both", listen_at({"::", 0}));
    truth.listening("both", 0, 16);
    const int only_ipv6 = make_inet(SOCK_STREAM, AF_INET6);
    set_option(only_ipv6, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    bind_inet(only_ipv6, {"::", 0});
    check(listen(only_ipv6, 16), "listen");
    truth.hold("only6", only_ipv6);
    truth.listening("only6", 0, 16);
    topology.present();
}
