// SPDX-License-Identifier: MIT
#include "harness/feature.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace otherend::harness {

namespace {

int checked(int result, const char* what) {
    if (result == -1)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

struct Descriptor {
    ~Descriptor() { close(fd); }
    int fd;
};

std::optional<std::string> missing_unix_diag() {
    const Descriptor netlink{
        checked(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), "NETLINK_SOCK_DIAG")};
    struct {
        nlmsghdr header;
        unix_diag_req request;
    } question{.header = {.nlmsg_len = sizeof question,
                          .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                          .nlmsg_seq = 1,
                          .nlmsg_pid = 0},
               .request = {.sdiag_family = AF_UNIX, .udiag_states = ~0U}};
    checked(static_cast<int>(send(netlink.fd, &question, sizeof question, 0)), "ask sock_diag");
    struct {
        nlmsghdr header;
        nlmsgerr error;
        std::array<char, 32768> rest;
    } answer{};
    checked(static_cast<int>(recv(netlink.fd, &answer, sizeof answer, 0)), "answer of sock_diag");
    if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error != -ENOENT)
        return std::nullopt;
    return "this kernel has no module unix_diag";
}

std::optional<std::string> missing_io_uring_names() {
    io_uring_params parameters{};
    const int made = static_cast<int>(syscall(SYS_io_uring_setup, 1, &parameters));
    if (made == -1 && (errno == EPERM || errno == ENOSYS))
        return "io_uring is disabled here";
    const Descriptor ring{checked(made, "io_uring_setup")};
    const Descriptor registered{checked(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")};
    checked(
        static_cast<int>(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &registered.fd, 1)),
        "IORING_REGISTER_FILES");
    std::ifstream fdinfo("/proc/self/fdinfo/" + std::to_string(ring.fd));
    const std::string text(std::istreambuf_iterator<char>(fdinfo), {});
    if (text.contains("socket:["))
        return std::nullopt;
    return "fdinfo of an io_uring does not number its sockets here";
}

} // namespace

std::optional<std::string> missing(Feature feature) {
    switch (feature) {
    case Feature::unix_diag:
        return missing_unix_diag();
    case Feature::io_uring_names:
        return missing_io_uring_names();
    }
    return std::nullopt;
}

} // namespace otherend::harness
