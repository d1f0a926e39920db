// SPDX-License-Identifier: MIT
// A client as in a container: in user, pid, network and mount namespaces of its own. It is to be told as the
// host sees it: pid and uid are the host's.
#include "topology.hpp"

#include <cerrno>
#include <sched.h>
#include <unistd.h>

using namespace otherend::topology;

namespace {

constexpr int namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS;

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("daemon.sock");
    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 0, 16);

    topology.include(start([&](Report& outside) {
        keep_only({});
        const auto uid = geteuid();
        if (unshare(namespaces) == -1 && (errno == EPERM || errno == ENOSPC))
            skip("unshare(CLONE_NEWUSER)");
        auto inside = start([&](Report& container) { // pid 1 of its namespace
            container.truth.hold("client", connect_to(name), {.uid = uid});
            container.truth.opened_by("client", own_pid(), uid);
        });
        outside.truth.merge(inside.report());
    }));
    truth.hold("accepted", accept_from(listener));
    truth.opened_here("accepted");
    truth.accept("accepted", "client", "L");
    topology.present();
}
