// SPDX-License-Identifier: MIT
// Two network namespaces, each with a server and a client at the same addresses and ports: never crossed. In a third
// only the client's end is left, as if its server were in one of the others.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace otherend::topology;

namespace {

constexpr std::uint16_t server_port = 7070, client_port = 7071, waiting_port = 7072;

int client_from(std::uint16_t port, const InetAddress& server) {
    const int fd = bound_at({"127.0.0.1", port});
    connect_inet(fd, server);
    return fd;
}

void be_container(Truth& truth, const std::string& name) {
    enter_new_network();
    const InetAddress server("127.0.0.1", server_port);
    const auto key = [&](const char* end) { return name + "-" + end; };
    const int listener = truth.hold(key("L"), listen_at(server));
    truth.hold(key("C"), client_from(client_port, server));
    truth.hold(key("S"), accept_from(listener));
    truth.accept(key("S"), key("C"), key("L"));
    truth.hold(key("W"), client_from(waiting_port, server));
    truth.wait_for_accept(key("W"), key("E"), key("L"));
    truth.listening(key("L"), 1, 16);

    const int one = truth.hold(key("U1"), bound_at({"127.0.0.1", server_port}, SOCK_DGRAM));
    const int other = truth.hold(key("U2"), bound_at({"127.0.0.1", client_port}, SOCK_DGRAM));
    connect_inet(one, local_address(other));
    connect_inet(other, local_address(one));
    truth.say(key("U1"), "remote", local_address(other).text());
    truth.say(key("U2"), "remote", local_address(one).text());
    truth.join(key("U1"), key("U2"));
}

} // namespace

int main() {
    Topology topology;
    for (const auto* name : {"one", "two"})
        topology.include(start([&](Report& container) {
            keep_only({});
            be_container(container.truth, name);
        }));
    topology.include(start([&](Report& alone) {
        keep_only({});
        enter_new_network();
        const int fd = bound_at({"127.0.0.1", client_port});
        set_option(fd, IPPROTO_TCP, TCP_REPAIR, 1);
        connect_inet(fd, {"127.0.0.1", server_port});
        alone.truth.hold("alone", fd);
        alone.truth.reach_beyond("alone"); // but loopback has no beyond
        alone.truth["alone"]["state"] = "unknown";
        alone.truth["alone"]["peers"][0]["state"] = "unknown";
    }));
    topology.present();
}
