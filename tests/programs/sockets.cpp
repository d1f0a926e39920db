// SPDX-License-Identifier: MIT
#include "sockets.hpp"

#include "process.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace otherend::topology {

namespace {

struct Address {
    explicit Address(std::string_view name) : size(offsetof(sockaddr_un, sun_path) + name.size()) {
        un.sun_family = AF_UNIX;
        std::memcpy(un.sun_path, name.data(), std::min(name.size(), sizeof(un.sun_path)));
    }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&un); }

    sockaddr_un un{};
    socklen_t size;
};

union Control { // room for one descriptor, aligned as a cmsghdr must be
    cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

} // namespace

int make_socket(int type) {
    return check(socket(AF_UNIX, type | SOCK_CLOEXEC, 0), "socket");
}

std::array<int, 2> make_pair(int type) {
    std::array<int, 2> fds{};
    check(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    return fds;
}

void bind_to(int fd, std::string_view name) {
    const Address address(name);
    check(bind(fd, address.get(), address.size), "bind");
}

int make_bound(int type, std::string_view name) {
    const int fd = make_socket(type);
    bind_to(fd, name);
    return fd;
}

int listen_on(std::string_view name, int type, int backlog) {
    const int fd = make_bound(type, name);
    check(listen(fd, backlog), "listen");
    return fd;
}

void connect_fd(int fd, std::string_view name) {
    const Address address(name);
    check(connect(fd, address.get(), address.size), "connect");
}

// It returns when the program ends and takes the listener with it; the caller then has an instant to live.
void sleep_in_connect(int fd, std::string_view name) {
    const Address address(name);
    connect(fd, address.get(), address.size);
    for (;;)
        pause();
}

void sleep_in_send(int fd, std::string_view name) {
    const Address address(name);
    sendto(fd, "x", 1, 0, address.get(), address.size);
    for (;;)
        pause();
}

int connect_to(std::string_view name, int type) {
    const int fd = make_socket(type);
    connect_fd(fd, name);
    return fd;
}

int accept_from(int listener) {
    return check(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept");
}

void send_descriptor(int carrier, int fd) {
    char byte = 'x';
    iovec data{.iov_base = &byte, .iov_len = 1};
    Control control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    check(static_cast<int>(sendmsg(carrier, &message, 0)), "sendmsg(SCM_RIGHTS)");
}

int receive_descriptor(int carrier) {
    char byte = 0;
    iovec data{.iov_base = &byte, .iov_len = 1};
    Control control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof(control);
    check(static_cast<int>(recvmsg(carrier, &message, MSG_CMSG_CLOEXEC)), "recvmsg(SCM_RIGHTS)");
    int fd = -1;
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message))
        std::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return check(fd, "no descriptor in the message");
}

std::string abstract(std::string_view name) {
    return std::string(1, '\0') + "otherend-" + std::to_string(getpid()) + "-" + std::string(name);
}

std::uint64_t inode_of(int fd) {
    struct stat status{};
    check(fstat(fd, &status), "fstat");
    return status.st_ino;
}

std::uint64_t netns_of(int socket) {
    const int ns = check(ioctl(socket, SIOCGSKNS), "ioctl(SIOCGSKNS)");
    const auto inode = inode_of(ns);
    close(ns);
    return inode;
}

std::uint64_t netns_of_task(pid_t pid) {
    struct stat status{};
    const auto path = "/proc/" + std::to_string(pid) + "/ns/net";
    check(stat(path.c_str(), &status), path);
    return status.st_ino;
}

void enter_new_netns() {
    check(unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
}

void enter_new_mntns() {
    check(unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)");
    check(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount(MS_PRIVATE)");
}

} // namespace otherend::topology
