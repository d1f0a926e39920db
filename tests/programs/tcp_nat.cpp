// SPDX-License-Identifier: MIT
// A published port, as container runtimes make it: a gateway between two network namespaces translates both addresses
// (DNAT and masquerade). A client in one reaches a server in the other by the gateway's address; so does a client on
// the gateway itself.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <fstream>

using namespace otherend::topology;

namespace {

constexpr std::uint16_t published = 8080, port = 3000;

struct Container {
    Token is_there, is_connected, listens, go_on;
};

void join_network(Container& container, const std::string& interface, const char* prefix,
                  const char* gateway) {
    keep_only({});
    enter_new_network();
    container.is_there.give();
    container.is_connected.take();
    set_address(interface, prefix);
    need({"ip", "route", "add", "default", "via", gateway});
}

void translate() {
    std::ofstream("/proc/sys/net/ipv4/ip_forward") << 1;
    need({"nft", "add", "table", "ip", "oe"});
    for (const std::string chain : {"prerouting", "output"}) {
        need({"nft", "add", "chain", "ip", "oe", chain, "{ type nat hook " + chain + " priority -100; }"});
        need({"nft", "add", "rule", "ip", "oe", chain, "tcp", "dport", std::to_string(published), "dnat",
              "to", "10.98.1.2:" + std::to_string(port)});
    }
    need({"nft", "add", "chain", "ip", "oe", "postrouting", "{ type nat hook postrouting priority 100; }"});
    need({"nft", "add", "rule", "ip", "oe", "postrouting", "oifname", "oe-server", "masquerade"});
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    Container serving, dialling;
    enter_new_network();
    auto server = start([&](Report& report) {
        join_network(serving, "eth0", "10.98.1.2/24", "10.98.1.1");
        const int listener = report.truth.hold("L", listen_at({"10.98.1.2", port}));
        report.truth.listening("L", 0, 16);
        serving.listens.give();
        for (const std::string number : {"1", "2"}) {
            serving.go_on.take();
            report.truth.hold("S" + number, accept_from(listener));
        }
    });
    auto client = start([&](Report& report) {
        join_network(dialling, "eth0", "10.98.2.2/24", "10.98.2.1");
        dialling.go_on.take();
        report.truth.hold("C1", connected_to({"10.98.2.1", published}));
    });
    serving.is_there.take();
    dialling.is_there.take();
    lay_cable("oe-server", "eth0", server.pid);
    lay_cable("oe-client", "eth0", client.pid);
    set_address("oe-server", "10.98.1.1/24");
    set_address("oe-client", "10.98.2.1/24");
    translate();
    serving.is_connected.give();
    dialling.is_connected.give();
    serving.listens.take();

    dialling.go_on.give();
    topology.include(client);
    serving.go_on.give();
    truth.hold("C2", connected_to({"10.98.2.1", published}));
    serving.go_on.give();
    topology.include(server);
    for (const std::string number : {"1", "2"})
        truth.accept("S" + number, "C" + number, "L", "sequence");
    topology.present();
}
