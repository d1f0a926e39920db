// SPDX-License-Identifier: MIT
// A network namespace without a process: its sockets live on, because a server holds what it accepted from
// there, and because a client went home with its descriptor.
#include "topology.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("daemon.sock");

    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 0, 16);

    topology.include(start([&](Report& client) {
        keep_only({});
        const int home = check(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "/proc/self/ns/net");
        enter_new_netns();
        const int fd = connect_to(name);
        check(setns(home, CLONE_NEWNET), "setns");
        client.truth.hold("client", fd);
        client.truth.opened_here("client");
    }));
    truth.hold("accepted", accept_from(listener));
    truth.opened_here("accepted");
    truth.accept("accepted", "client", "L");

    const pid_t leaving = check(fork(), "fork");
    if (leaving == 0) {
        keep_only({});
        enter_new_netns();
        connect_to(name);
        _exit(0);
    }
    check(waitpid(leaving, nullptr, 0), "waitpid");
    truth.hold("survivor", accept_from(listener));
    truth.say("survivor", "listener", "L");
    truth.lose_peer("survivor");
    topology.present();
}
