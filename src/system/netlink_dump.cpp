// SPDX-License-Identifier: MIT
#include "system/netlink_dump.hpp"

#include <cerrno>
#include <cstring>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace otherend::system {

namespace {

// The kernel fills messages as long as the longest buffer it was offered, up to 32 KiB (netlink_recvmsg()).
constexpr std::size_t first_buffer_size = 64UZ * 1024;

} // namespace

Result<NetlinkDump> NetlinkDump::open(int bus, Explain explain) {
    NetlinkDump dump(mnl_socket_open2(bus, SOCK_CLOEXEC), std::move(explain));
    if (!dump.socket_ || mnl_socket_bind(dump.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
        return std::unexpected(dump.explain_(errno));
    dump.buffer_.resize(first_buffer_size);
    return dump;
}

Result<void> NetlinkDump::run(std::uint16_t type, Bytes body, DumpProgress& progress, const Take& take) {
    if (const auto sent = send(type, body); !sent)
        return std::unexpected(sent.error());
    while (!progress.done) {
        const auto datagram = receive();
        if (!datagram)
            return std::unexpected(datagram.error());
        take(*datagram);
    }
    if (progress.error != 0)
        return std::unexpected(explain_(progress.error));
    return {};
}

Result<void> NetlinkDump::send(std::uint16_t type, Bytes body) {
    std::vector<std::byte> buffer(MNL_NLMSG_HDRLEN + MNL_ALIGN(body.size()));
    auto* header = mnl_nlmsg_put_header(buffer.data());
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    std::memcpy(mnl_nlmsg_put_extra_header(header, body.size()), body.data(), body.size());
    while (mnl_socket_sendto(socket_.get(), header, header->nlmsg_len) < 0)
        if (errno != EINTR)
            return std::unexpected(explain_(errno));
    return {};
}

// Looks how long the next message is before taking it, so that none is ever cut.
Result<Bytes> NetlinkDump::receive() {
    const auto length = receive_into(nullptr, 0, MSG_PEEK | MSG_TRUNC);
    if (!length)
        return std::unexpected(length.error());
    if (*length > buffer_.size())
        buffer_.resize(*length);
    const auto taken = receive_into(buffer_.data(), buffer_.size(), 0);
    if (!taken)
        return std::unexpected(taken.error());
    return Bytes(buffer_).first(*taken);
}

Result<std::size_t> NetlinkDump::receive_into(std::byte* to, std::size_t size, int flags) {
    while (true) {
        const auto length = recv(mnl_socket_get_fd(socket_.get()), to, size, flags);
        if (length >= 0)
            return static_cast<std::size_t>(length);
        if (errno != EINTR)
            return std::unexpected(explain_(errno));
    }
}

void report_unseen(const DumpProgress& progress, std::string_view what, const model::FactSink& sink) {
    if (progress.interrupted)
        sink(model::UnseenFact{what, "the kernel's table changed during the dump"});
    if (progress.malformed > 0)
        sink(model::UnseenFact{what, "their netlink records are not well-formed", progress.malformed});
}

} // namespace otherend::system
