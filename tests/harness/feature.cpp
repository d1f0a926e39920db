// SPDX-License-Identifier: MIT
#include "harness/feature.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <linux/inet_diag.h>
#include <linux/io_uring.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
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

// The errno that a dump begins with.
template <typename Request> int errno_of_dump(int bus, std::uint16_t type, const Request& request) {
    const Descriptor netlink{checked(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, bus), "netlink")};
    struct {
        nlmsghdr header;
        Request request;
    } question{.header = {.nlmsg_len = sizeof question,
                          .nlmsg_type = type,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                          .nlmsg_seq = 1,
                          .nlmsg_pid = 0},
               .request = request};
    checked(static_cast<int>(send(netlink.fd, &question, sizeof question, 0)), "ask netlink");
    struct {
        nlmsghdr header;
        int error; // of NLMSG_ERROR, and of NLMSG_DONE
        std::array<char, 32768> rest;
    } answer{};
    checked(static_cast<int>(recv(netlink.fd, &answer, sizeof answer, 0)), "answer of netlink");
    const bool ended = answer.header.nlmsg_type == NLMSG_ERROR || answer.header.nlmsg_type == NLMSG_DONE;
    return ended ? -answer.error : 0;
}

std::optional<std::string> missing_unix_diag() {
    const unix_diag_req request{.sdiag_family = AF_UNIX, .udiag_states = ~0U};
    if (errno_of_dump(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, request) != ENOENT)
        return std::nullopt;
    return "this kernel has no module unix_diag";
}

std::optional<std::string> missing_inet_diag() {
    for (const std::uint8_t protocol : {IPPROTO_TCP, IPPROTO_UDP}) {
        const inet_diag_req_v2 request{
            .sdiag_family = AF_INET, .sdiag_protocol = protocol, .idiag_states = ~0U};
        if (errno_of_dump(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, request) == ENOENT)
            return "this kernel has no module tcp_diag or udp_diag";
    }
    return std::nullopt;
}

// Whatever thread asks stays where it is.
std::optional<std::string> missing_nat() {
    std::optional<std::string> why;
    std::thread([&] {
        constexpr std::uint16_t get = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
        if (!enter_nat())
            why = "nft cannot make a rule here that translates addresses";
        else if (errno_of_dump(NETLINK_NETFILTER, get, nfgenmsg{}) != 0)
            why = "this kernel has no module nf_conntrack_netlink";
    }).join();
    return why;
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

bool bring_up_loopback() {
    const Descriptor any{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
    request.ifr_flags = IFF_UP;
    return any.fd >= 0 && ioctl(any.fd, SIOCSIFFLAGS, &request) == 0;
}

} // namespace

bool enter_nat() {
    if (unshare(CLONE_NEWNET) < 0 || !bring_up_loopback())
        return false;
    auto* nft = popen("nft -f - 2>/dev/null", "w"); // in the namespace of this thread
    if (!nft)
        return false;
    std::fputs("table ip nat { chain output { type nat hook output priority -100; "
               "ip daddr 127.0.0.9 tcp dport 80 dnat to 127.0.0.1:4000; }; }\n",
               nft);
    return pclose(nft) == 0;
}

std::optional<std::string> missing(Feature feature) {
    switch (feature) {
    case Feature::unix_diag:
        return missing_unix_diag();
    case Feature::inet_diag:
        return missing_inet_diag();
    case Feature::nat:
        return missing_nat();
    case Feature::io_uring_names:
        return missing_io_uring_names();
    }
    return std::nullopt;
}

} // namespace otherend::harness
