// SPDX-License-Identifier: MIT
// Two dumps on one socket. The first asks for everything but the clients that wait in backlogs: they make a record
// as long as its queue, and the kernel ends a dump in silence, as if complete, at a record that does not fit into
// an empty message (unix_diag_dump() then returns skb->len, which is 0). The second asks listeners for theirs.
#include "system/unix_diag.hpp"

#include "system/parse/unix_diag.hpp"

#include <cerrno>
#include <cstdint>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <memory>
#include <netinet/tcp.h>
#include <optional>
#include <sys/socket.h>
#include <vector>

namespace otherend::system {

namespace {

// The kernel fills messages as long as the longest buffer it was offered, up to 32 KiB (netlink_recvmsg()).
constexpr std::size_t first_buffer_size = 64UZ * 1024;

constexpr std::uint32_t any_state = ~0U;
constexpr std::uint32_t listening = 1U << TCP_LISTEN;

// UDIAG_SHOW_*, not UNIX_DIAG_*: those number the attributes of the answer.
constexpr std::uint32_t show_small =
    UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
constexpr std::uint32_t show_waiting = show_small | UDIAG_SHOW_ICONS;

struct CloseMnl {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

class DiagSocket {
  public:
    static Result<DiagSocket> open() {
        DiagSocket diag(mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC));
        if (!diag.socket_ || mnl_socket_bind(diag.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
            return std::unexpected(unix_diag_error(errno));
        return diag;
    }

    Result<DiagProgress> dump(std::uint32_t states, std::uint32_t show, NetnsId netns,
                              const model::FactSink& sink) {
        if (const auto sent = request(states, show); !sent)
            return std::unexpected(sent.error());
        DiagProgress progress;
        while (!progress.done) {
            const auto datagram = receive();
            if (!datagram)
                return std::unexpected(datagram.error());
            parse_unix_diag(*datagram, netns, sink, progress);
        }
        if (progress.error != 0)
            return std::unexpected(unix_diag_error(progress.error));
        return progress;
    }

  private:
    explicit DiagSocket(mnl_socket* socket) : socket_(socket) {}

    Result<void> request(std::uint32_t states, std::uint32_t show) {
        alignas(nlmsghdr) char buffer[MNL_NLMSG_HDRLEN + sizeof(unix_diag_req)];
        auto* header = mnl_nlmsg_put_header(buffer);
        header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
        header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        auto* body = static_cast<unix_diag_req*>(mnl_nlmsg_put_extra_header(header, sizeof(unix_diag_req)));
        body->sdiag_family = AF_UNIX;
        body->udiag_states = states;
        body->udiag_show = show;
        while (mnl_socket_sendto(socket_.get(), header, header->nlmsg_len) < 0)
            if (errno != EINTR)
                return std::unexpected(unix_diag_error(errno));
        return {};
    }

    // Looks how long the next message is before taking it, so that none is ever cut.
    Result<std::span<const std::byte>> receive() {
        const auto length = receive_into(nullptr, 0, MSG_PEEK | MSG_TRUNC);
        if (!length)
            return std::unexpected(length.error());
        if (*length > buffer_.size())
            buffer_.resize(*length);
        const auto taken = receive_into(buffer_.data(), buffer_.size(), 0);
        if (!taken)
            return std::unexpected(taken.error());
        return std::span(buffer_).first(*taken);
    }

    Result<std::size_t> receive_into(std::byte* to, std::size_t size, int flags) {
        while (true) {
            const auto length = recv(mnl_socket_get_fd(socket_.get()), to, size, flags);
            if (length >= 0)
                return static_cast<std::size_t>(length);
            if (errno != EINTR)
                return std::unexpected(unix_diag_error(errno));
        }
    }

    std::unique_ptr<mnl_socket, CloseMnl> socket_;
    std::vector<std::byte> buffer_ = std::vector<std::byte>(first_buffer_size);
};

void report_unseen(const DiagProgress& progress, const model::FactSink& sink) {
    if (progress.interrupted)
        sink(model::UnseenFact{"sockets of a network namespace",
                               "the kernel's table changed during the dump"});
    if (progress.malformed > 0)
        sink(model::UnseenFact{"sockets", "their sock_diag records are not well-formed", progress.malformed});
}

Result<void> ask_listeners(DiagSocket& diag, std::uint64_t queued, NetnsId netns,
                           const model::FactSink& sink) {
    const auto listeners = diag.dump(listening, show_waiting, netns, sink);
    if (!listeners)
        return std::unexpected(listeners.error());
    report_unseen(*listeners, sink);
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
    auto diag = DiagSocket::open();
    if (!diag)
        return std::unexpected(diag.error());
    const auto sockets = diag->dump(any_state, show_small, netns, sink);
    if (!sockets)
        return std::unexpected(sockets.error());

    report_unseen(*sockets, sink);
    if (!sockets->interrupted && sockets->malformed == 0)
        sink(model::VisitedFact{model::Source::diag, netns});
    return sockets->queued_listeners > 0 ? ask_listeners(*diag, sockets->queued_listeners, netns, sink)
                                         : Result<void>{};
}

} // namespace otherend::system
