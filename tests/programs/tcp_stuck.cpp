// SPDX-License-Identifier: MIT
// Connections on which nothing moves, each for its own reason, and healthy ones beside them. The truth says `stuck` of
// an end that has a reason, and `affected` of the other ends it takes along, which may be told of or not.
#include "inet.hpp"
#include "network.hpp"
#include "topology.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace otherend::topology;

namespace {

constexpr int small_buffer = 4096;

struct Pair {
    int client, accepted;
};

void drop_what_goes_to(std::uint16_t port) {
    need({"nft", "add", "rule", "inet", "oe", "input", "tcp", "dport", std::to_string(port), "drop"});
}

int make_listener() {
    const int fd = bound_at({"127.0.0.1", 0});
    set_option(fd, SOL_SOCKET, SO_RCVBUF, small_buffer);
    check(listen(fd, 16), "listen");
    return fd;
}

Pair join(Truth& truth, const std::string& name, int listener) {
    const Pair pair{connected_to(local_address(listener)), accept_from(listener)};
    truth.hold(name + "-client", pair.client);
    truth.hold(name + "-server", pair.accepted);
    truth.accept(name + "-server", name + "-client", name + "-listener");
    return pair;
}

Pair make_connection(Truth& truth, const std::string& name) {
    const int listener = truth.hold(name + "-listener", make_listener());
    truth.listening(name + "-listener", 0, 16);
    return join(truth, name, listener);
}

void fill(int fd) {
    std::array<char, 65536> bytes{};
    while (send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        ;
    if (errno != EAGAIN)
        fail("send");
}

void stop_reading(Truth& truth) {
    const auto pair = make_connection(truth, "unread");
    fill(pair.client);
    truth.say("unread-client", "stuck", "zero window");
    truth.say("unread-server", "stuck", "unread");
}

// Nothing acknowledges what the client sends.
void lose_data(Truth& truth) {
    const auto pair = make_connection(truth, "lost");
    drop_what_goes_to(local_address(pair.accepted).port());
    send_byte(pair.client);
    truth.say("lost-client", "stuck", "retransmitting");
}

void lose_syn(Truth& truth) {
    const int listener = truth.hold("silent-listener", make_listener());
    truth.listening("silent-listener", 0, 16);
    drop_what_goes_to(local_address(listener).port());
    const int client = make_inet(SOCK_STREAM);
    start_connecting(client, local_address(listener));
    truth.hold("silent-client", client);
    truth.say("silent-client", "stuck", "SYN");
}

void leave_half_closed(Truth& truth) {
    const auto pair = make_connection(truth, "half");
    check(shutdown(pair.client, SHUT_WR), "shutdown");
    wait_for_tcp_state(pair.client, "fin_wait2");
    truth.say("half-server", "stuck", "half-closed");
    truth.say("half-client", "affected", "half-closed");
}

void never_accept(Truth& truth) {
    constexpr int limit = 1;
    const int listener = truth.hold("full-listener", listen_at({"127.0.0.1", 0}, limit));
    const auto server = local_address(listener);
    for (const std::string number : {"1", "2"}) {
        truth.hold("full-client" + number, connected_to(server));
        truth.wait_for_accept("full-client" + number, "full-embryo" + number, "full-listener");
        truth.say("full-client" + number, "affected", "accept queue");
        truth.say("full-embryo" + number, "affected", "accept queue");
    }
    const int late = make_inet(SOCK_STREAM);
    start_connecting(late, server);
    truth.hold("full-late", late);
    truth.listening("full-listener", limit + 1, limit);
    truth.say("full-listener", "stuck", "accept queue");
    truth.say("full-late", "stuck", "SYN");
}

// Idle, used, and with nobody in its listener's queue.
void be_healthy(Truth& truth) {
    make_connection(truth, "idle");
    const auto used = make_connection(truth, "used");
    char byte = 0;
    send_byte(used.client);
    check(static_cast<int>(recv(used.accepted, &byte, 1, 0)), "recv");
    send_byte(used.accepted);
    check(static_cast<int>(recv(used.client, &byte, 1, 0)), "recv");
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    enter_new_network();
    need({"nft", "add", "table", "inet", "oe"});
    need({"nft", "add", "chain", "inet", "oe", "input", "{ type filter hook input priority 0; }"});
    be_healthy(truth);
    stop_reading(truth);
    lose_data(truth);
    lose_syn(truth);
    leave_half_closed(truth);
    never_accept(truth);
    topology.present();
}
