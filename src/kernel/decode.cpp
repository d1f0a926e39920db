// SPDX-License-Identifier: MIT
#include "kernel/decode.hpp"

#include "kernel/decode_channel.hpp"
#include "otherend/record.h"

#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

namespace otherend::kernel {

namespace {

using model::FactSink;
using model::SocketRef;

template <typename Record>
    requires std::is_trivially_copyable_v<Record>
std::optional<Record> read_as(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(Record))
        return std::nullopt;
    Record record;
    std::memcpy(&record, bytes.data(), sizeof record);
    return record;
}

// A record of a kind that has nothing behind its struct.
template <typename Record> std::optional<Record> read_whole(std::span<const std::byte> bytes) {
    return bytes.size() == sizeof(Record) ? read_as<Record>(bytes) : std::nullopt;
}

SocketRef ref(oe_u64 address, oe_u64 inode = 0) {
    return {SockAddress{address}, Inode{inode}};
}

std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool emit_holder(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_whole<oe_holder>(bytes);
    if (!r || r->what > OE_A_PIPE)
        return false;
    sink(model::HolderFact{
        .socket = ref(r->sock, r->inode),
        .kind = Kind{r->what},
        .pid = Pid{r->tgid},
        .tid = Pid{r->tid},
        .table = r->files,
        .fd = r->fd,
        .uid = r->uid,
        .netns = NetnsId{r->task_netns},
        .socket_netns = NetnsId{r->sock_netns},
        .peer = SockAddress{r->peer},
        .type = r->type,
        .tcp_state = r->state,
        .comm = {r->comm, strnlen(r->comm, sizeof r->comm)},
    });
    return true;
}

std::optional<model::BoundFile> bound_file(const oe_socket& r) {
    if (r.file_inode == 0)
        return std::nullopt;
    return model::BoundFile{
        .inode = r.file_inode,
        .device = r.file_dev,
        .linked = (r.flags & OE_SOCKET_UNHASHED) == 0,
    };
}

void report_cut_walks(const oe_detail& r, const FactSink& sink) {
    if (r.flags & OE_DETAIL_FDS_CUT)
        sink(model::UnseenFact{"descriptors in flight", "the queue changed or is longer than one walk"});
    if (r.flags & OE_DETAIL_WAITERS_CUT)
        sink(model::UnseenFact{"tasks waiting for a socket", "the queue changed or is longer than one walk"});
    if (r.flags & OE_DETAIL_BACKLOG_CUT)
        sink(model::UnseenFact{"connections waiting for accept",
                               "the queue changed or is longer than one walk"});
    if (r.flags & OE_DETAIL_RX_CUT)
        sink(model::UnseenFact{"bytes waiting to be read", "the queue changed or is longer than one walk"});
}

bool emit_socket(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_as<oe_socket>(bytes);
    if (!r || bytes.size() != sizeof(oe_socket) + r->name_len)
        return false;

    auto name = text(bytes.subspan(sizeof(oe_socket), r->name_len));
    if (!name.empty() && name.front() != '\0' && name.back() == '\0')
        name.remove_suffix(1); // a path is kept with the NUL that ends it (unix_mkname_bsd() in af_unix.c)
    const auto flag = [&](oe_u32 bit) { return (r->flags & bit) != 0; };
    model::SocketFact fact{
        .socket = ref(r->sock, r->inode),
        .peer = ref(r->peer, r->peer_inode),
        .peer_peer = SockAddress{r->peer_peer},
        .open = flag(OE_SOCKET_OPEN),
        .has_file = !flag(OE_SOCKET_KERNEL),
        .peer_open = flag(OE_SOCKET_PEER_OPEN),
        .peer_is_unix = flag(OE_SOCKET_PEER_UNIX),
        .listener = SockAddress{r->listener},
        .address_id = r->address,
        .cookie = Cookie{r->cookie},
        .netns = NetnsId{r->netns},
        .peer_netns = NetnsId{r->peer_netns},
        .type = r->type,
        .tcp_state = r->state,
        .queue_length = r->queue_len,
        .backlog_limit = r->max_backlog,
        .tx_bytes = r->tx_bytes,
        .has_details = flag(OE_SOCKET_DETAILS),
        .name = name,
        .file = bound_file(*r),
    };
    if (flag(OE_SOCKET_RX_KNOWN))
        fact.rx_bytes = r->rx_bytes;
    if (flag(OE_SOCKET_CREDENTIALS))
        fact.peer_credentials = Opener{Pid{r->cred_pid}, r->cred_uid};
    sink(fact);
    return true;
}

bool emit_detail(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_as<oe_detail>(bytes);
    if (!r || bytes.size() != sizeof(oe_detail) + r->path_len)
        return false;
    model::DetailFact fact{.socket = ref(r->sock, r->inode),
                           .components = text(bytes.subspan(sizeof(oe_detail))),
                           .whole = (r->flags & OE_DETAIL_PATH_WHOLE) != 0};
    if (r->flags & OE_DETAIL_RX_KNOWN)
        fact.rx_bytes = r->rx_bytes;
    sink(fact);
    report_cut_walks(*r, sink);
    return true;
}

bool emit_inflight(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_whole<oe_inflight>(bytes);
    if (r)
        sink(model::InflightFact{ref(r->carrier, r->carrier_inode), ref(r->sock, r->inode)});
    return r.has_value();
}

bool emit_waiter(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_whole<oe_waiter>(bytes);
    if (r)
        sink(model::WaiterFact{ref(r->sock, r->inode), Pid{r->tgid}, Pid{r->tid}});
    return r.has_value();
}

bool emit_queued(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_whole<oe_queued>(bytes);
    if (r)
        sink(model::QueuedFact{ref(r->listener), ref(r->embryo), {}});
    return r.has_value();
}

bool emit_ring(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_whole<oe_ring>(bytes);
    if (r)
        sink(model::RingFact{.pid = Pid{r->tgid},
                             .tid = Pid{r->tid},
                             .fd = r->fd,
                             .uid = r->uid,
                             .netns = NetnsId{r->task_netns},
                             .comm = {r->comm, strnlen(r->comm, sizeof r->comm)}});
    return r.has_value();
}

bool emit_ring_file(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto r = read_whole<oe_ring_file>(bytes);
    if (r)
        sink(model::RingFileFact{Pid{r->tgid}, r->fd, Inode{r->inode}, SockAddress{r->sock}});
    return r.has_value();
}

// Those of decode_channel.hpp.
template <typename Record> bool emit_whole(std::span<const std::byte> bytes, const FactSink& sink) {
    const auto record = read_whole<Record>(bytes);
    return record && report(*record, sink);
}

bool emit(oe_u16 kind, std::span<const std::byte> record, const FactSink& sink) {
    switch (kind) {
    case OE_HOLDER:
        return emit_holder(record, sink);
    case OE_SOCKET:
        return emit_socket(record, sink);
    case OE_INFLIGHT:
        return emit_inflight(record, sink);
    case OE_WAITER:
        return emit_waiter(record, sink);
    case OE_QUEUED:
        return emit_queued(record, sink);
    case OE_DETAIL:
        return emit_detail(record, sink);
    case OE_RING:
        return emit_ring(record, sink);
    case OE_RING_FILE:
        return emit_ring_file(record, sink);
    case OE_INET:
        return emit_whole<oe_inet>(record, sink);
    case OE_PTY:
        return emit_whole<oe_pty>(record, sink);
    case OE_PIPE:
        return emit_whole<oe_pipe>(record, sink);
    default:
        return false;
    }
}

} // namespace

void Decoder::feed(std::span<const std::byte> bytes, const FactSink& sink) {
    if (is_lost_)
        return;
    if (rest_.empty()) {
        const auto used = decode(bytes, sink);
        rest_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
        return;
    }
    rest_.insert(rest_.end(), bytes.begin(), bytes.end());
    const auto used = decode(rest_, sink);
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(used));
}

// Returns the bytes consumed. A header whose size cannot be true leaves no way to find the next record: the
// rest of the stream is dropped and counted as one.
std::size_t Decoder::decode(std::span<const std::byte> bytes, const FactSink& sink) {
    std::size_t at = 0;
    while (const auto header = read_as<oe_record>(bytes.subspan(at))) {
        if (header->size < sizeof(oe_record)) {
            ++malformed_;
            is_lost_ = true;
            return bytes.size();
        }
        if (bytes.size() - at < header->size)
            break;
        if (!emit(header->kind, bytes.subspan(at, header->size), sink))
            ++malformed_;
        at += header->size;
    }
    return at;
}

} // namespace otherend::kernel
