// SPDX-License-Identifier: MIT
// Connections that end: one end closed and the other still there, both closed (TIME_WAIT), reset; and one that
// shutdown() closed in one direction, which is connected.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <array>
#include <unistd.h>

using namespace otherend::topology;

namespace {

constexpr unsigned fin_wait2 = 5, time_wait = 6;

void await_row(std::array<std::uint16_t, 2> ports, unsigned state) {
    wait_until([&] { return rows_of_tcp(ports[0], ports[1], state) == 1; }, "a row of /proc/net/tcp");
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    const int listener = listen_at({"127.0.0.1", 0});
    const auto server = local_address(listener);
    const auto make_pair = [&] { return std::array{connected_to(server), accept_from(listener)}; };
    const auto ports_of = [](int fd) {
        return std::array{local_address(fd).port(), remote_address(fd)->port()};
    };

    const auto [half, half_other] = make_pair();
    check(shutdown(half, SHUT_WR), "shutdown");
    wait_for_tcp_state(half, "fin_wait2");
    truth.hold("half", half);
    truth.hold("half-other", half_other);
    truth.join("half", "half-other");

    const auto [left, survivor] = make_pair();
    const auto left_ports = ports_of(left);
    truth.describe("orphan", left);
    close(left);
    await_row(left_ports, fin_wait2);
    truth.hold("survivor", survivor);
    truth.leave_orphan("orphan", "survivor", "fin_wait2");

    const auto [first, second] = make_pair();
    const auto first_ports = ports_of(first);
    truth.describe("waiting", first);
    close(first);
    close(second);
    await_row(first_ports, time_wait);
    truth.leave_time_wait("waiting");

    const auto [resetting, reset] = make_pair();
    truth.describe("reset", reset);
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    check(setsockopt(resetting, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), "setsockopt(SO_LINGER)");
    close(resetting);
    wait_for_tcp_state(reset, "close");
    truth.hold("reset", reset);
    truth.say("reset", "tcp_state", "close");
    truth.lose_peer("reset");
    for (const auto* topic : {"local", "remote"}) // it is in no table any more
        truth.may_lack("reset", topic);

    close(listener);
    topology.present();
}
