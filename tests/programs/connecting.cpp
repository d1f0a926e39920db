// SPDX-License-Identifier: MIT
// Asleep in connect() because the backlog is full: two processes, two threads of one process, and a thread with
// a descriptor table of its own. One client got the only place in the queue.
// Argument: stream (default) or seqpacket.
#include "topology.hpp"

#include <sched.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace otherend::topology;

namespace {

struct Sleeper {
    pid_t pid, tid;
};

void wait_for(const std::vector<Sleeper>& sleepers) {
    for (const auto& [pid, tid] : sleepers)
        wait_until([=] { return is_asleep_in_connect(pid, tid); }, "connect() does not block");
}

Sleeper start_process(Topology& topology, const std::string& key, const std::string& name, int type) {
    auto party = start([&](Report& client) {
        keep_only({});
        const int fd = client.truth.hold(key, make_socket(type));
        client.send();
        sleep_in_connect(fd, name);
    });
    topology.include(party);
    return {party.pid, party.pid};
}

// The sockets of threads that share the table are made here; the last thread makes its own in its own table.
void be_threads(Report& client, const std::string& name, int type) {
    const int t1 = client.truth.hold("T1", make_socket(type));
    const int t2 = client.truth.hold("T2", make_socket(type));
    std::vector<Sleeper> sleepers;
    Token ready;
    const auto run = [&](auto&& make) {
        std::thread([&, make] {
            const int fd = make();
            sleepers.push_back({getpid(), own_tid()});
            ready.give();
            sleep_in_connect(fd, name);
        }).detach();
        ready.take();
    };
    run([=] { return t1; });
    run([=] { return t2; });
    run([&] {
        check(unshare(CLONE_FILES), "unshare(CLONE_FILES)");
        keep_nothing();
        return client.truth.hold("own-table", make_socket(type), {.pid = getpid(), .tid = own_tid()});
    });
    wait_for(sleepers);
}

} // namespace

int main(int argc, char** argv) {
    Topology topology;
    auto& truth = topology.truth;
    const int type = argc > 1 && std::string_view(argv[1]) == "seqpacket" ? SOCK_SEQPACKET : SOCK_STREAM;
    const auto name = topology.path("full.sock");

    truth.hold("L", listen_on(name, type, 0)); // a limit of 0 lets one connection in: unix_recvq_full()
    truth.opened_here("L");
    truth.listening("L", 1, 0);
    topology.include(start([&](Report& first) {
        keep_only({});
        first.truth.hold("first", connect_to(name, type));
        first.truth.opened_here("first");
    }));
    truth.wait_for_accept("first", "E", "L");
    wait_for({start_process(topology, "P1", name, type), start_process(topology, "P2", name, type)});
    topology.include(start([&](Report& client) {
        keep_only({});
        be_threads(client, name, type);
    }));
    for (const auto* key : {"P1", "P2", "T1", "T2", "own-table"})
        truth.wait_for_room(key, "L");
    topology.present();
}
