// SPDX-License-Identifier: MIT
#include "system/inet_diag.hpp"

#include "system/netlink_dump.hpp"
#include "system/parse/inet_diag.hpp"

#include <cassert>
#include <cerrno>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace otherend::system {

namespace {

// Bit 13 among them: TCP_BOUND_INACTIVE, since Linux commit 91051f003948 ("tcp: Dump bound-only sockets in
// inet_diag.") (v6.8).
constexpr std::uint32_t any_state = ~0U;

constexpr std::uint8_t asked_bit(int extension) {
    return static_cast<std::uint8_t>(1U << (extension - 1));
}
constexpr std::uint8_t extensions =
    asked_bit(INET_DIAG_INFO) | asked_bit(INET_DIAG_CONG) | asked_bit(INET_DIAG_SKMEMINFO);

Result<void> ask(NetlinkDump& diag, std::uint8_t family, Kind kind, NetnsId netns,
                 const model::FactSink& sink) {
    const inet_diag_req_v2 request{
        .sdiag_family = family,
        .sdiag_protocol = static_cast<std::uint8_t>(kind == Kind::tcp ? IPPROTO_TCP : IPPROTO_UDP),
        .idiag_ext = kind == Kind::tcp ? extensions : std::uint8_t{0},
        .idiag_states = any_state,
    };
    InetDiagProgress progress;
    const auto asked = diag.run(SOCK_DIAG_BY_FAMILY, request, progress, [&](Bytes datagram) {
        parse_inet_diag(datagram, kind, netns, sink, progress);
    });
    if (asked)
        report_unseen(progress,
                      kind == Kind::tcp ? "TCP sockets of a network namespace"
                                        : "UDP sockets of a network namespace",
                      sink);
    return asked;
}

} // namespace

Error inet_diag_error(Kind kind, int saved_errno) {
    const std::string tried =
        std::string("ask sock_diag for ") + (kind == Kind::tcp ? "TCP" : "UDP") + " sockets";
    const std::string module = kind == Kind::tcp ? "tcp_diag" : "udp_diag";
    switch (saved_errno) {
    case ENOENT: // no handler of the family (net/core/sock_diag.c) or of the protocol (inet_diag_lock_handler())
    case EOPNOTSUPP:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT:
        return {ErrorClass::unsupported,
                tried + ": this kernel has no " + module + " loaded; try `modprobe " + module + "`"};
    default:
        return Error::from_errno(tried, saved_errno);
    }
}

Result<void> dump_inet_diag(Kind kind, NetnsId netns, const model::FactSink& sink) {
    assert(kind == Kind::tcp || kind == Kind::udp);
    auto diag =
        NetlinkDump::open(NETLINK_SOCK_DIAG, [kind](int code) { return inet_diag_error(kind, code); });
    if (!diag)
        return std::unexpected(diag.error());
    for (const std::uint8_t family : {AF_INET, AF_INET6})
        if (auto asked = ask(*diag, family, kind, netns, sink); !asked)
            return asked;
    return {};
}

} // namespace otherend::system
