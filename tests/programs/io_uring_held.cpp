// SPDX-License-Identifier: MIT
// Sockets that only an io_uring keeps open: registered with it, and their descriptors closed.
#include "topology.hpp"

#include <array>
#include <cerrno>
#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto name = topology.path("server.sock");

    io_uring_params parameters{};
    const auto ring = static_cast<int>(syscall(SYS_io_uring_setup, 4, &parameters));
    if (ring == -1 && (errno == EPERM || errno == ENOSYS))
        skip("io_uring_setup");
    check(ring, "io_uring_setup");

    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.listening("L", 0, 16);
    truth.hold("client", connect_to(name));
    const int accepted = accept_from(listener);
    const auto [kept, registered] = make_pair(SOCK_SEQPACKET);
    truth.hold("kept", kept);
    truth.describe("accepted", accepted);
    truth.describe("registered", registered);
    truth.accept("accepted", "client", "L");
    truth.join("kept", "registered");

    const std::array files{accepted, registered};
    check(static_cast<int>(
              syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, files.data(), files.size())),
          "io_uring_register(IORING_REGISTER_FILES)");
    for (const int fd : files)
        close(fd);
    truth.hold_in_ring("accepted", ring);
    truth.hold_in_ring("registered", ring);
    topology.present();
}
