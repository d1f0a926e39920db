// SPDX-License-Identifier: MIT
// MPTCP: a listener, a client in another process that speaks it, one that speaks TCP only, what was accepted of both,
// and a socket that does nothing yet.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <cerrno>
#include <netinet/in.h>

using namespace otherend::topology;

namespace {

int make_mptcp() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
    const bool is_missing = errno == EPROTONOSUPPORT || errno == EINVAL || errno == ENOPROTOOPT;
    if (fd == -1 && is_missing) // not built in, or switched off
        skip("socket(IPPROTO_MPTCP)");
    return check(fd, "socket(IPPROTO_MPTCP)");
}

// Which state its first subflow is in, such a socket tells since Linux 5.16.
void hold(Truth& truth, const std::string& key, int fd, const char* tcp_state) {
    truth.say(key, "tcp_state", tcp_state);
    truth.hold(key, fd);
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int listener = make_mptcp();
    bind_inet(listener, {"127.0.0.1", 0});
    check(listen(listener, 16), "listen");
    hold(truth, "L", listener, "listen");
    truth.listening("L", 0, 16);
    const auto server = local_address(listener);

    topology.include(start([&](Report& client) {
        keep_only({});
        const int fd = make_mptcp();
        connect_inet(fd, server);
        hold(client.truth, "C1", fd, "established");
    }));
    hold(truth, "S1", accept_from(listener), "established");
    truth.accept("S1", "C1", "L");
    truth.hold("C2", connected_to(server));
    hold(truth, "S2", accept_from(listener), "established");
    truth.accept("S2", "C2", "L");
    hold(truth, "fresh", make_mptcp(), "close");
    const int bound = make_mptcp();
    bind_inet(bound, {"127.0.0.1", 0});
    hold(truth, "bound", bound, "close");
    topology.present();
}
