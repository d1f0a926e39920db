// SPDX-License-Identifier: MIT
// Endpoints as a resolver would describe them, for every printer to print.
#pragma once

#include "otherend/answer.hpp"

#include <string>
#include <utility>

namespace otherend::render::samples {

inline Holder held(std::string comm, int pid, int fd) {
    return {.pid = Pid{pid}, .fd = fd, .comm = std::move(comm), .netns = NetnsId{4026531840}};
}

inline Holder held_by_thread(std::string comm, int pid, int fd, int tid) {
    Holder holder = held(std::move(comm), pid, fd);
    holder.tid = Pid{tid};
    return holder;
}

inline Holder in_flight(std::uint64_t carrier) {
    return {.via = Via::inflight, .carrier = Inode{carrier}};
}

inline Holder in_ring(std::string comm, int pid, int fd) {
    return {.via = Via::io_uring, .pid = Pid{pid}, .fd = fd, .comm = std::move(comm)};
}

inline Holder in_kernel() {
    return {.via = Via::kernel};
}

// The server's end of an accepted connection, with everything known.
inline Endpoint accepted() {
    return {
        .type = EndpointType::stream,
        .state = State::connected,
        .inode = Inode{70163},
        .cookie = Cookie{4097},
        .address = SockAddress{0xffff93dbd1ee3c00},
        .netns = NetnsId{4026531840},
        .name = "/run/docker.sock",
        .name_state = NameState::live,
        .rx_queue = 0,
        .tx_queue = 512,
        .holders = {held("dockerd", 812, 9)},
        .opener = Opener{.pid = Pid{3301}, .uid = 1000},
        .listener = Listener{.inode = Inode{70001},
                             .name = "/run/docker.sock",
                             .holders = {held("systemd", 1, 40), held("dockerd", 812, 4)}},
        .peers = {{.state = State::connected,
                   .inode = Inode{70162},
                   .address = SockAddress{0xffff93dbd1ee4000},
                   .netns = NetnsId{4026532000},
                   .holders = {held("curl", 3301, 5)}}},
    };
}

// A datagram server with clients, of which one has a name.
inline Endpoint datagram_server() {
    return {
        .type = EndpointType::dgram,
        .state = State::unconnected,
        .inode = Inode{500},
        .name = "/dev/log",
        .holders = {held("journald", 300, 3)},
        .peers = {{.state = State::connected, .inode = Inode{501}, .holders = {held("sshd", 700, 4)}},
                  {.state = State::connected, .inode = Inode{502}, .name = std::string("\0cron", 5)},
                  {.state = State::connected, .inode = Inode{503}, .holders = {held("sudo", 900, 7)}}},
    };
}

// A server's end in one container, of a client in another that calls itself by another address.
inline Endpoint connection() {
    const auto ip = [](std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port) {
        return IpEndpoint{.address = IpAddress::from_ipv4(std::array{a, b, c, d}), .port = port};
    };
    Endpoint endpoint{.kind = Kind::tcp,
                      .type = EndpointType::none,
                      .state = State::connected,
                      .local = ip(172, 22, 0, 2, 3306),
                      .remote = ip(172, 22, 0, 1, 1234),
                      .tcp = Tcp{.state = TcpState::established,
                                 .timer = TcpTimer{TcpTimerKind::retransmit, 120, 2},
                                 .retransmits = 2,
                                 .rtt_us = 25,
                                 .congestion = "cubic"},
                      .uid = 27,
                      .stuck = {"nobody reads"},
                      .holders = {held("mysqld", 901, 7)}};
    endpoint.holders[0].container = Container{"docker", std::string(64, 'a'), "web", "nginx"};
    Edge edge{.state = State::connected,
              .method = Method::sequence,
              .kind = Kind::tcp,
              .local = ip(10, 0, 0, 7, 1234),
              .holders = {held("app", 55, 3)}};
    edge.holders[0].container = Container{"docker", "0123456789abcdef0123456789abcdef", "", ""};
    endpoint.peers = {edge};
    return endpoint;
}

} // namespace otherend::render::samples
