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

inline std::string text(const model::HolderFact& f) {
    return line("holder", f.source, f.socket, f.pid, f.tid, f.table, f.fd, f.uid, f.netns, f.socket_netns,
                f.peer, f.type, f.comm);
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

inline std::string text(const model::UnseenFact& f) {
    return line("unseen", f.what, f.why, f.count);
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
