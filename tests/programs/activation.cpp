// SPDX-License-Identifier: MIT
// Socket activation: a manager listens and hands the listener to a worker. Who opened it and who holds it differ.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

namespace {

Party start_client(const std::string& key, const std::string& name) {
    return start([&](Report& client) {
        keep_only({});
        client.truth.hold(key, connect_to(name));
        client.truth.opened_here(key);
    });
}

} // namespace

int main() {
    Topology manager;
    auto& truth = manager.truth;
    const auto name = manager.path("activated.sock");

    const int listener = listen_on(name);
    truth.opened_here("L");
    truth.opened_here("S1"); // what a client gets from SO_PEERCRED: whoever called listen()
    manager.include(start_client("C1", name));

    const auto [manager_end, worker_end] = make_pair(SOCK_STREAM);
    auto worker = start([&, worker_end = worker_end](Report& report) {
        keep_only({worker_end});
        const int received = receive_descriptor(worker_end);
        close(worker_end);
        report.truth.hold("L", received);
        report.truth.hold("S1", accept_from(received));
    });
    send_descriptor(manager_end, listener);
    manager.include(worker);
    for (const int fd : {listener, manager_end, worker_end})
        close(fd);

    truth.accept("S1", "C1", "L");
    manager.include(start_client("C2", name));
    truth.wait_for_accept("C2", "E2", "L");
    truth.opened_here("E2");
    truth.listening("L", 1, 16);
    manager.present();
}
