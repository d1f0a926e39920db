// SPDX-License-Identifier: MIT
// TCP and UDP sockets that fail loudly. Addresses are text as otherend prints them: "127.0.0.1:80", "[::1]:80",
// "[fe80::1%2]:80"; an IPv4-mapped one is IPv4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace otherend::topology {

class InetAddress {
  public:
    InetAddress(const char* host, std::uint16_t port, unsigned scope = 0);
    InetAddress() = default;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] int family() const { return storage.ss_family; }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }

    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
};

int make_inet(int type, int family = AF_INET);
void bind_inet(int fd, const InetAddress& address); // with SO_REUSEADDR, if it has a port
int bound_at(const InetAddress& address, int type = SOCK_STREAM);
int listen_at(const InetAddress& address, int backlog = 16);
void connect_inet(int fd, const InetAddress& address);
int connected_to(const InetAddress& address, int type = SOCK_STREAM);
void start_connecting(int fd, const InetAddress& address); // returns at once, with the handshake under way
void set_option(int fd, int level, int name, int value);
void send_byte(int fd);

std::uint16_t port_in(std::string_view address);
InetAddress local_address(int fd);
std::optional<InetAddress> remote_address(int fd); // none: not connected
std::string tcp_state_of(int fd);                  // "established", "close_wait" ...
bool takes_both_families(int fd);                  // bound to :: and not IPV6_V6ONLY
void wait_for_tcp_state(int fd, const std::string& state);

// How many rows of this network namespace's table of IPv4 connections have these ports and this state, in the
// numbers of include/net/tcp_states.h.
int rows_of_tcp(std::uint16_t local, std::uint16_t remote, unsigned state);

} // namespace otherend::topology
