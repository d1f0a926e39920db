// SPDX-License-Identifier: MIT
// Every field of a fact in one line: to compare what two decoders said, to keep it when the bytes the fact points to
// are gone, and to print it. The fuzzer uses it too, so it takes nothing but the standard library.
#pragma once

#include "model/fact.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace otherend::kernel {

template <typename Number>
    requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
std::string text(Number number) {
    if constexpr (std::is_enum_v<Number>)
        return text(static_cast<std::underlying_type_t<Number>>(number));
    else
        return std::to_string(number);
}

inline std::string text(std::string_view bytes) {
    return '"' + std::string(bytes) + '"';
}

inline std::string text(const model::SocketRef& ref) {
    return text(ref.address) + '#' + text(ref.inode);
}

inline std::string text(const Opener& opener) {
    return text(opener.pid) + " uid " + text(opener.uid);
}

inline std::string text(const model::BoundFile& file);
inline std::string text(const IpEndpoint& endpoint);
inline std::string text(const TcpTimer& timer);
inline std::string text(const Tcp& t);
inline std::string text(const model::TcpSequence& sequence);
inline std::string text(const Container& container);

template <typename Value> std::string text(const std::optional<Value>& value) {
    return value ? text(*value) : "none";
}

template <typename... Fields> std::string line(std::string_view kind, const Fields&... fields) {
    std::string out(kind);
    ((out += ' ', out += text(fields)), ...);
    return out;
}

inline std::string text(const model::BoundFile& file) {
    return line("file", file.inode, file.device, file.linked);
}

inline std::string text(const IpEndpoint& endpoint) {
    std::string out;
    for (const auto byte : endpoint.address.bytes)
        out += text(byte) + '.';
    return out + text(endpoint.port) + '%' + text(endpoint.scope);
}

inline std::string text(const TcpTimer& timer) {
    return line("timer", timer.kind, timer.expires_ms, timer.retries);
}

inline std::string text(const Tcp& t) {
    return line("tcp", t.state, t.dual_stack, t.timer, t.retransmits, t.total_retransmits, t.rtt_us,
                t.rtt_variance_us, t.congestion_window, t.send_window, t.bytes_acked, t.bytes_received,
                t.last_sent_ms, t.last_received_ms, t.last_ack_ms, t.memory, t.congestion);
}

inline std::string text(const model::TcpSequence& sequence) {
    return line("sequence", sequence.sent, sequence.received);
}

inline std::string text(const Container& container) {
    return line("container", container.runtime, container.id, container.name, container.image);
}

inline std::string text(const model::HolderFact& f) {
    return line("holder", f.source, f.socket, f.kind, f.pid, f.tid, f.table, f.fd, f.uid, f.netns,
                f.socket_netns, f.peer, f.type, f.tcp_state, f.comm);
}

inline std::string text(const model::InetFact& f) {
    return line("inet", f.source, f.socket, f.kind, f.netns, f.local, f.remote, f.open, f.listener, f.cookie,
                f.rx_bytes, f.tx_bytes, f.queue_length, f.backlog_limit, f.uid, f.cgroup, f.sequence, f.tcp);
}

inline std::string text(const model::SubflowFact& f) {
    return line("subflow", f.connection, f.subflow);
}

inline std::string text(const model::PtyFact& f) {
    return line("pty", f.end, f.other, f.type, f.index, f.device, f.other_open);
}

inline std::string text(const model::PipeFact& f) {
    return line("pipe", f.end, f.other, f.type, f.device, f.other_open, f.is_fifo, f.pid, f.fd, f.path);
}

inline std::string text(const model::ConntrackFact& f) {
    return line("conntrack", f.netns, f.kind, f.original_source, f.original_destination, f.reply_source,
                f.reply_destination);
}

inline std::string text(const model::ContainerFact& f) {
    return line("where", f.pid, f.own_pid, f.container, f.unit);
}

inline std::string text(const model::TransferFact& f) {
    return line("transfer", f.pid, f.from, f.to, f.from_inode, f.to_inode, f.count, f.direct, f.bytes);
}

inline std::string text(const model::SocketFact& f) {
    return line("socket", f.source, f.socket, f.peer, f.peer_peer, f.open, f.has_file, f.peer_open,
                f.peer_is_unix, f.listener, f.address_id, f.cookie, f.netns, f.peer_netns, f.type,
                f.tcp_state, f.queue_length, f.backlog_limit, f.rx_bytes, f.tx_bytes, f.peer_credentials,
                f.uid, f.has_details, f.name, f.file, f.waiting.size());
}

inline std::string text(const model::DetailFact& f) {
    return line("detail", f.socket, f.rx_bytes, f.components, f.whole);
}

inline std::string text(const model::InflightFact& f) {
    return line("inflight", f.carrier, f.socket);
}

inline std::string text(const model::WaiterFact& f) {
    return line("waiter", f.socket, f.pid, f.tid);
}

inline std::string text(const model::QueuedFact& f) {
    return line("queued", f.listener, f.embryo, f.client);
}

inline std::string text(const model::RingFact& f) {
    return line("ring", f.pid, f.tid, f.fd, f.uid, f.netns, f.comm);
}

inline std::string text(const model::ProcessFact& f) {
    return line("process", f.pid, f.uid, f.netns, f.comm);
}
inline std::string text(const model::UnseenFact& f) {
    return line("unseen", f.what, f.why, f.count, f.netns);
}

inline std::string text(const model::RingFileFact& f) {
    return line("ring file", f.pid, f.fd, f.inode, f.address);
}

inline std::string text(const model::BlockedFact& f) {
    return line("blocked", f.pid, f.tid, f.fd);
}

inline std::string text(const model::ExecutableFact& f) {
    return line("executable", f.pid, f.path);
}

inline std::string text(const model::NameFact& f) {
    return line("name", f.socket, f.state, f.path);
}

inline std::string text(const model::VisitedFact& f) {
    return line("visited", f.source, f.netns, f.refused);
}

inline std::string fact_text(const model::Fact& fact) {
    return std::visit([](const auto& known) { return text(known); }, fact);
}

} // namespace otherend::kernel
