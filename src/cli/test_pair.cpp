// SPDX-License-Identifier: MIT
#include "cli/test_pair.hpp"

#include "base/device.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace otherend::cli {

namespace {

using Ends = std::vector<Fd>;

std::unexpected<Error> failed(const char* call) {
    return std::unexpected(Error::from_errno(std::string("self-test: ") + call, errno));
}

Ends own(const std::array<int, 2>& descriptors) {
    Ends ends;
    for (const int fd : descriptors)
        ends.emplace_back(fd);
    return ends;
}

Result<Ends> make_unix() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return failed("socketpair");
    return own(ends);
}

Result<Ends> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return failed("pipe2");
    return own(ends);
}

// The master comes first.
Result<Ends> make_pty() {
    Fd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!master || unlockpt(*master) != 0)
        return failed("posix_openpt");
    Fd slave(ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!slave)
        return failed("TIOCGPTPEER");
    return own({master.release(), slave.release()});
}

Result<Fd> bound_socket(int type) {
    Fd fd(socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in any_port{};
    any_port.sin_family = AF_INET;
    any_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!fd || bind(*fd, reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port) != 0)
        return failed("bind to 127.0.0.1");
    return fd;
}

// Whether `from` could be connected to where `to` is bound.
bool connect_to(const Fd& to, const Fd& from) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    return getsockname(*to, generic, &size) == 0 && connect(*from, generic, size) == 0;
}

Result<Ends> make_tcp() {
    const auto listener = bound_socket(SOCK_STREAM);
    if (!listener)
        return std::unexpected(listener.error());
    Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!client || listen(**listener, 1) != 0 || !connect_to(*listener, client))
        return failed("connect to 127.0.0.1");
    Fd accepted(accept4(**listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!accepted)
        return failed("accept");
    return own({client.release(), accepted.release()});
}

Result<Ends> make_udp() {
    auto a = bound_socket(SOCK_DGRAM);
    auto b = bound_socket(SOCK_DGRAM);
    if (!a || !b)
        return std::unexpected(a ? b.error() : a.error());
    if (!connect_to(*a, *b) || !connect_to(*b, *a))
        return failed("connect to 127.0.0.1");
    return own({a->release(), b->release()});
}

Result<Ends> make_ends(Kind kind) {
    switch (kind) {
    case Kind::unix_socket:
        return make_unix();
    case Kind::tcp:
        return make_tcp();
    case Kind::udp:
        return make_udp();
    case Kind::pty:
        return make_pty();
    case Kind::pipe:
        return make_pipe();
    }
    return std::unexpected(Error{ErrorClass::unsupported, "self-test: no such kind"});
}

// Both have the number and the file system of the slave.
std::function<bool(const model::Graph&, const model::Socket&)> is_of_pty(const struct stat& slave) {
    const auto index = minor(slave.st_rdev);
    const auto device = kernel_device(slave.st_dev);
    return [=](const model::Graph& graph, const model::Socket& socket) {
        const auto* local = graph.local_of(socket);
        return socket.kind == Kind::pty && local != nullptr && local->index == index &&
               local->device == device;
    };
}

std::function<bool(const model::Graph&, const model::Socket&)> is_of_inodes(Kind kind, Inode a, Inode b) {
    return [=](const model::Graph&, const model::Socket& socket) {
        return socket.kind == kind && (socket.self.inode == a || socket.self.inode == b);
    };
}

} // namespace

Result<TestPair> make_test_pair(Kind kind) {
    auto ends = make_ends(kind);
    if (!ends)
        return std::unexpected(ends.error());
    struct stat a{}, b{};
    if (fstat(*ends->front(), &a) != 0 || fstat(*ends->back(), &b) != 0)
        return failed("fstat");
    return TestPair{std::move(*ends),
                    kind == Kind::pty ? is_of_pty(b) : is_of_inodes(kind, Inode{a.st_ino}, Inode{b.st_ino})};
}

} // namespace otherend::cli
