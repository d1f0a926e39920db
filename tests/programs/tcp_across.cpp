// SPDX-License-Identifier: MIT
// Two network namespaces joined by a cable, a server in one and a client in the other; another client waits for
// accept(). Argument: 4 (default), 6, or link_local, where each end has a scope of its own.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <net/if.h>
#include <nlohmann/json.hpp>

using namespace otherend::topology;

namespace {

struct Addresses {
    const char *server, *client;
    int bits;
};

Addresses addresses_of(std::string_view argument) {
    if (argument == "4")
        return {"10.99.0.1", "10.99.0.2", 24};
    if (argument == "6")
        return {"fd99::1", "fd99::2", 64};
    return {"fe80::99:1", "fe80::99:2", 64};
}

} // namespace

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const std::string_view argument = argc > 1 ? argv[1] : "4";
    const auto addresses = addresses_of(argument);
    const auto prefix = [&](const char* address) { return address + ("/" + std::to_string(addresses.bits)); };
    const auto scope = [&](const char* interface) {
        return argument == "link_local" ? if_nametoindex(interface) : 0;
    };
    constexpr std::uint16_t port = 7080;

    enter_new_network();
    Token namespace_is_there, cable_is_laid, server_listens;
    auto clients = start([&](Report& report) {
        keep_only({});
        enter_new_network();
        namespace_is_there.give();
        cable_is_laid.take();
        set_address("oe-client", prefix(addresses.client));
        server_listens.take();
        const InetAddress server(addresses.server, port, scope("oe-client"));
        for (const auto* key : {"C", "W"})
            report.truth.hold(key, connected_to(server));
    });
    namespace_is_there.take();
    lay_cable("oe-server", "oe-client", clients.pid);
    set_address("oe-server", prefix(addresses.server));
    cable_is_laid.give();
    const int listener = truth.hold("L", listen_at({addresses.server, port, scope("oe-server")}));
    server_listens.give();
    topology.include(clients);

    truth.hold("S", accept_from(listener));
    truth.accept("S", "C", "L", "sequence");
    const auto client = truth["W"]["local"].get<std::string>();
    truth.say("E", "local", local_address(listener).text()); // the scope is its own, not the client's
    truth.say("E", "remote", InetAddress(addresses.client, port_in(client), scope("oe-server")).text());
    truth.wait_for_accept("W", "E", "L", "sequence");
    truth.listening("L", 1, 16);
    topology.present();
}
