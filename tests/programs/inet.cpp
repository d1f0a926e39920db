// SPDX-License-Identifier: MIT
#include "inet.hpp"

#include "process.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace otherend::topology {

namespace {

constexpr std::array tcp_states{"",           "established", "syn_sent",  "syn_recv",
                                "fin_wait1",  "fin_wait2",   "time_wait", "close",
                                "close_wait", "last_ack",    "listen",    "closing"};

sockaddr_in6& as_ipv6(InetAddress& address) {
    return reinterpret_cast<sockaddr_in6&>(address.storage);
}

const sockaddr_in6& as_ipv6(const InetAddress& address) {
    return reinterpret_cast<const sockaddr_in6&>(address.storage);
}

const sockaddr_in& as_ipv4(const InetAddress& address) {
    return reinterpret_cast<const sockaddr_in&>(address.storage);
}

} // namespace

InetAddress::InetAddress(const char* host, std::uint16_t port, unsigned scope) {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
    if (inet_pton(AF_INET, host, &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        size = sizeof(ipv4);
        return;
    }
    auto& ipv6 = as_ipv6(*this);
    if (inet_pton(AF_INET6, host, &ipv6.sin6_addr) != 1)
        fail(host);
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    ipv6.sin6_scope_id = scope;
    size = sizeof(ipv6);
}

std::uint16_t InetAddress::port() const {
    return ntohs(as_ipv4(*this).sin_port); // where sin6_port is
}

std::string InetAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> host{};
    const auto port_text = ":" + std::to_string(port());
    const auto& ipv6 = as_ipv6(*this);
    const bool is_mapped = family() == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr);
    if (family() == AF_INET || is_mapped) {
        const void* bytes = is_mapped ? static_cast<const void*>(ipv6.sin6_addr.s6_addr + 12)
                                      : static_cast<const void*>(&as_ipv4(*this).sin_addr);
        inet_ntop(AF_INET, bytes, host.data(), host.size());
        return host.data() + port_text;
    }
    inet_ntop(AF_INET6, &ipv6.sin6_addr, host.data(), host.size());
    const auto scope = ipv6.sin6_scope_id ? "%" + std::to_string(ipv6.sin6_scope_id) : "";
    return "[" + std::string(host.data()) + scope + "]" + port_text;
}

int make_inet(int type, int family) {
    return check(socket(family, type | SOCK_CLOEXEC, 0), "socket(AF_INET)");
}

void set_option(int fd, int level, int name, int value) {
    check(setsockopt(fd, level, name, &value, sizeof(value)), "setsockopt");
}

void bind_inet(int fd, const InetAddress& address) {
    if (address.port() != 0) // else two UDP sockets may get the same
        set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    check(bind(fd, address.get(), address.size), "bind to " + address.text());
}

int bound_at(const InetAddress& address, int type) {
    const int fd = make_inet(type, address.family());
    bind_inet(fd, address);
    return fd;
}

int listen_at(const InetAddress& address, int backlog) {
    const int fd = bound_at(address);
    check(listen(fd, backlog), "listen");
    return fd;
}

void connect_inet(int fd, const InetAddress& address) {
    check(connect(fd, address.get(), address.size), "connect to " + address.text());
}

int connected_to(const InetAddress& address, int type) {
    const int fd = make_inet(type, address.family());
    connect_inet(fd, address);
    return fd;
}

void start_connecting(int fd, const InetAddress& address) {
    check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl(O_NONBLOCK)");
    if (connect(fd, address.get(), address.size) == -1 && errno != EINPROGRESS)
        fail("connect to " + address.text());
}

void send_byte(int fd) {
    check(static_cast<int>(send(fd, "x", 1, MSG_NOSIGNAL)), "send");
}

std::uint16_t port_in(std::string_view address) {
    return static_cast<std::uint16_t>(std::stoi(std::string(address.substr(address.rfind(':') + 1))));
}

InetAddress local_address(int fd) {
    InetAddress address;
    check(getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size), "getsockname");
    return address;
}

std::optional<InetAddress> remote_address(int fd) {
    InetAddress address;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size) == -1)
        return std::nullopt;
    return address;
}

std::string tcp_state_of(int fd) {
    tcp_info info{};
    socklen_t size = sizeof(info);
    check(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "getsockopt(TCP_INFO)");
    return tcp_states.at(info.tcpi_state);
}

bool takes_both_families(int fd) {
    const auto address = local_address(fd);
    int only_ipv6 = 0;
    socklen_t size = sizeof(only_ipv6);
    if (address.family() != AF_INET6 || !IN6_IS_ADDR_UNSPECIFIED(&as_ipv6(address).sin6_addr))
        return false;
    check(getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, &size), "getsockopt(IPV6_V6ONLY)");
    return !only_ipv6;
}

void wait_for_tcp_state(int fd, const std::string& state) {
    wait_until([&] { return tcp_state_of(fd) == state; }, "to be " + state);
}

int rows_of_tcp(std::uint16_t local, std::uint16_t remote, unsigned state) {
    std::ifstream table("/proc/thread-self/net/tcp");
    std::string line;
    int count = 0;
    while (std::getline(table, line)) {
        unsigned row_local = 0, row_remote = 0, row_state = 0;
        if (std::sscanf(line.c_str(), "%*s %*8x:%4x %*8x:%4x %2x", &row_local, &row_remote, &row_state) == 3)
            count += row_local == local && row_remote == remote && row_state == state;
    }
    return count;
}

} // namespace otherend::topology
