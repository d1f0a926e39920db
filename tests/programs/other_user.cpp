// SPDX-License-Identifier: MIT
// A client of another user; and one that connected as root and became that user afterwards: whoever opened it is
// not whoever holds it.
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

namespace {

constexpr uid_t nobody = 65534;

void become_nobody(pid_t parent) {
    check(setresuid(nobody, nobody, nobody), "setresuid");
    die_with(parent); // the kernel has forgotten it
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = abstract("server");
    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 0, 16);

    const pid_t parent = getpid();
    topology.include(start([&](Report& client) {
        keep_only({});
        const int fd = make_socket(SOCK_STREAM);
        client.truth.describe("C1", fd);
        become_nobody(parent);
        connect_fd(fd, name);
        client.truth.hold("C1", fd);
        client.truth.opened_here("C1");
    }));
    topology.include(start([&](Report& client) {
        keep_only({});
        const int fd = connect_to(name);
        client.truth.describe("C2", fd);
        client.truth.opened_here("C2");
        become_nobody(parent);
        client.truth.hold("C2", fd);
    }));
    for (const std::string number : {"1", "2"}) {
        truth.hold("S" + number, accept_from(listener));
        truth.opened_here("S" + number);
        truth.accept("S" + number, "C" + number, "L");
    }
    topology.present();
}
