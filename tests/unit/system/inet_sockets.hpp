// SPDX-License-Identifier: MIT
// TCP and UDP sockets on loopback, and what getsockname() and getpeername() say of them.
#pragma once

#include "base/fd.hpp"
#include "otherend/ip.hpp"
#include "processes.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>

namespace otherend::system {

// Of a sockaddr_storage that the kernel wrote.
inline IpEndpoint endpoint_of(const sockaddr_storage& storage) {
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &storage, sizeof v4);
        std::array<std::uint8_t, 4> octets{};
        std::memcpy(octets.data(), &v4.sin_addr, sizeof octets);
        return {IpAddress::from_ipv4(octets), ntohs(v4.sin_port)};
    }
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    IpEndpoint made{.port = ntohs(v6.sin6_port), .scope = v6.sin6_scope_id};
    std::memcpy(made.address.bytes.data(), &v6.sin6_addr, sizeof made.address.bytes);
    return made;
}

inline IpEndpoint local_of(const Fd& fd) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (getsockname(*fd, reinterpret_cast<sockaddr*>(&storage), &length) < 0)
        throw std::runtime_error("getsockname");
    return endpoint_of(storage);
}

inline std::optional<IpEndpoint> remote_of(const Fd& fd) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (getpeername(*fd, reinterpret_cast<sockaddr*>(&storage), &length) < 0)
        return std::nullopt;
    return endpoint_of(storage);
}

// "127.0.0.1" or "::1"; calls `use` with the address as the system calls take it.
inline void with_address(const std::string& host, std::uint16_t port, const auto& use) {
    sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    int result = -1;
    if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1)
        result = use(reinterpret_cast<const sockaddr*>(&v4), socklen_t{sizeof v4});
    else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1)
        result = use(reinterpret_cast<const sockaddr*>(&v6), socklen_t{sizeof v6});
    if (result < 0)
        throw std::runtime_error(host + ": " + std::strerror(errno));
}

inline int family_of(const std::string& host) {
    return host.find(':') == std::string::npos ? AF_INET : AF_INET6;
}

inline Fd bound(const std::string& host, int type, std::uint16_t port = 0) {
    Fd fd(socket(family_of(host), type | SOCK_CLOEXEC, 0));
    with_address(host, port, [&](const auto* to, socklen_t size) { return bind(*fd, to, size); });
    return fd;
}

inline Fd listening(const std::string& host, int backlog, std::uint16_t port = 0) {
    Fd fd = bound(host, SOCK_STREAM, port);
    if (listen(*fd, backlog) < 0)
        throw std::runtime_error("listen");
    return fd;
}

inline Fd connected(const std::string& host, std::uint16_t port, int type = SOCK_STREAM) {
    Fd fd(socket(family_of(host), type | SOCK_CLOEXEC, 0));
    with_address(host, port, [&](const auto* to, socklen_t size) { return connect(*fd, to, size); });
    return fd;
}

inline Fd accepted(const Fd& listener) {
    return Fd(accept4(*listener, nullptr, nullptr, SOCK_CLOEXEC));
}

} // namespace otherend::system
