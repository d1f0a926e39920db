// SPDX-License-Identifier: MIT
// Two dumps on one socket. The first asks for everything but the clients that wait in backlogs: they make a record
// as long as its queue, and the kernel ends a dump in silence, as if complete, at a record that does not fit into
// an empty message (unix_diag_dump() then returns skb->len, which is 0). The second asks listeners for theirs.
#include "system/unix_diag.hpp"

#include "system/netlink_dump.hpp"
#include "system/parse/unix_diag.hpp"

#include <cerrno>
#include <cstdint>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace otherend::system {

namespace {

constexpr std::uint32_t any_state = ~0U;
constexpr std::uint32_t listening = 1U << TCP_LISTEN;

// UDIAG_SHOW_*, not UNIX_DIAG_*: those number the attributes of the answer.
constexpr std::uint32_t show_small =
    UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
constexpr std::uint32_t show_waiting = show_small | UDIAG_SHOW_ICONS;

Result<DiagProgress> ask(NetlinkDump& diag, std::uint32_t states, std::uint32_t show, NetnsId netns,
                         const model::FactSink& sink) {
    const unix_diag_req request{.sdiag_family = AF_UNIX, .udiag_states = states, .udiag_show = show};
    DiagProgress progress;
    const auto asked = diag.run(SOCK_DIAG_BY_FAMILY, request, progress,
                                [&](Bytes datagram) { parse_unix_diag(datagram, netns, sink, progress); });
    if (!asked)
        return std::unexpected(asked.error());
    report_unseen(progress, "UNIX sockets of a network namespace", sink);
    return progress;
}

Result<void> ask_listeners(NetlinkDump& diag, std::uint64_t queued, NetnsId netns,
                           const model::FactSink& sink) {
    const auto listeners = ask(diag, listening, show_waiting, netns, sink);
    if (!listeners)
        return std::unexpected(listeners.error());
    if (listeners->answered_listeners < queued)
        sink(model::UnseenFact{"clients waiting for accept",
                               "their queue emptied meanwhile, or does not fit into one netlink message",
                               queued - listeners->answered_listeners});
    return {};
}

} // namespace

Error unix_diag_error(int saved_errno) {
    switch (saved_errno) {
    case ENOENT: // sock_diag has no handler for AF_UNIX (net/core/sock_diag.c)
    case EOPNOTSUPP:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT:
        return {
            ErrorClass::unsupported,
            "ask sock_diag for UNIX sockets: this kernel has no unix_diag loaded; try `modprobe unix_diag`"};
    default:
        return Error::from_errno("ask sock_diag for UNIX sockets", saved_errno);
    }
}

Result<void> dump_unix_diag(NetnsId netns, const model::FactSink& sink) {
    auto diag = NetlinkDump::open(NETLINK_SOCK_DIAG, unix_diag_error);
    if (!diag)
        return std::unexpected(diag.error());
    const auto sockets = ask(*diag, any_state, show_small, netns, sink);
    if (!sockets)
        return std::unexpected(sockets.error());
    if (!sockets->interrupted && sockets->malformed == 0)
        sink(model::VisitedFact{model::Source::diag, netns});
    return sockets->queued_listeners > 0 ? ask_listeners(*diag, sockets->queued_listeners, netns, sink)
                                         : Result<void>{};
}

} // namespace otherend::system
