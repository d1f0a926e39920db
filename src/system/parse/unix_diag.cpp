// SPDX-License-Identifier: MIT
#include "system/parse/unix_diag.hpp"

#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <vector>

namespace otherend::system {

namespace {

// A pathname ends at its NUL, which the kernel counts in; an abstract name has none at the end, but may have some
// inside (unix(7)).
std::string_view bound_name(Bytes value) {
    const std::string_view bytes(reinterpret_cast<const char*>(value.data()), value.size());
    const bool is_abstract = bytes.starts_with('\0');
    return is_abstract ? bytes : bytes.substr(0, bytes.find('\0'));
}

void take_queue(model::SocketFact& fact, const unix_diag_rqlen& queue) {
    const bool listening = fact.tcp_state == TCP_LISTEN;
    (listening ? fact.queue_length : fact.rx_bytes) = queue.udiag_rqueue;
    (listening ? fact.backlog_limit : fact.tx_bytes) = queue.udiag_wqueue;
}

// False if the attribute is too short for its type. Types not asked for and types yet to be invented pass.
bool take(model::SocketFact& fact, std::vector<Inode>& waiting, const Attribute& attribute) {
    switch (attribute.type) {
    case UNIX_DIAG_NAME:
        fact.name = bound_name(attribute.value);
        return true;
    case UNIX_DIAG_VFS: {
        const auto file = read_as<unix_diag_vfs>(attribute.value);
        if (file)
            fact.file = model::BoundFile{.inode = file->udiag_vfs_ino, .device = file->udiag_vfs_dev};
        return file.has_value();
    }
    case UNIX_DIAG_PEER: {
        const auto peer = read_as<std::uint32_t>(attribute.value);
        if (peer)
            fact.peer = model::SocketRef{.inode = Inode{*peer}};
        if (peer == 0U) // not accepted yet, or gone
            fact.peer_open = false;
        return peer.has_value();
    }
    case UNIX_DIAG_ICONS:
        for (auto rest = attribute.value; const auto inode = read_as<std::uint32_t>(rest);
             rest = after(rest, 4))
            waiting.push_back(Inode{*inode});
        return attribute.value.size() % sizeof(std::uint32_t) == 0;
    case UNIX_DIAG_RQLEN: {
        const auto queue = read_as<unix_diag_rqlen>(attribute.value);
        if (queue)
            take_queue(fact, *queue);
        return queue.has_value();
    }
    case UNIX_DIAG_UID:
        fact.uid = read_as<std::uint32_t>(attribute.value);
        return fact.uid.has_value();
    default:
        return true;
    }
}

bool emit_socket(Bytes payload, NetnsId netns, const model::FactSink& sink, DiagProgress& progress) {
    const auto message = read_as<unix_diag_msg>(payload);
    if (!message || message->udiag_family != AF_UNIX)
        return false;
    const std::uint64_t cookie = std::uint64_t{message->udiag_cookie[1]} << 32 | message->udiag_cookie[0];
    model::SocketFact fact{
        .source = model::Source::diag,
        .socket = {.inode = Inode{message->udiag_ino}},
        .peer = model::SocketRef{},
        .open = true, // unix_diag leaves out sockets without an inode
        .cookie = Cookie{cookie},
        .netns = netns,
        .type = message->udiag_type,
        .tcp_state = message->udiag_state,
    };
    std::vector<Inode> waiting;
    auto rest = after(payload, sizeof(unix_diag_msg));
    while (const auto attribute = next_attribute(rest))
        if (!take(fact, waiting, *attribute))
            return false;
    if (!rest.empty())
        return false;
    fact.waiting = waiting;
    progress.queued_listeners += fact.queue_length.value_or(0) > 0;
    progress.answered_listeners += !waiting.empty();
    sink(fact);
    return true;
}

} // namespace

void parse_unix_diag(Bytes datagram, NetnsId netns, const model::FactSink& sink, DiagProgress& progress) {
    parse_dump(datagram, SOCK_DIAG_BY_FAMILY, progress,
               [&](Bytes payload) { return emit_socket(payload, netns, sink, progress); });
}

} // namespace otherend::system
