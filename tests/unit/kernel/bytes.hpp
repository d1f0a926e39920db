// SPDX-License-Identifier: MIT
// Records as bytes, as a BPF program would have written them.
#pragma once

#include "otherend/record.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace otherend::kernel {

using Bytes = std::vector<std::byte>;

inline Bytes& operator+=(Bytes& bytes, std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
}

template <typename Record> constexpr oe_u16 kind_of() {
    if constexpr (std::is_same_v<Record, oe_holder>)
        return OE_HOLDER;
    else if constexpr (std::is_same_v<Record, oe_socket>)
        return OE_SOCKET;
    else if constexpr (std::is_same_v<Record, oe_detail>)
        return OE_DETAIL;
    else if constexpr (std::is_same_v<Record, oe_inflight>)
        return OE_INFLIGHT;
    else if constexpr (std::is_same_v<Record, oe_waiter>)
        return OE_WAITER;
    else if constexpr (std::is_same_v<Record, oe_queued>)
        return OE_QUEUED;
    else if constexpr (std::is_same_v<Record, oe_ring>)
        return OE_RING;
    else if constexpr (std::is_same_v<Record, oe_ring_file>)
        return OE_RING_FILE;
    else if constexpr (std::is_same_v<Record, oe_end>)
        return OE_END;
    else if constexpr (std::is_same_v<Record, oe_inet>)
        return OE_INET;
    else if constexpr (std::is_same_v<Record, oe_pty>)
        return OE_PTY;
    else if constexpr (std::is_same_v<Record, oe_pipe>)
        return OE_PIPE;
}

// Completes the header.
template <typename Record> Bytes bytes_of(Record record, std::string_view tail = {}) {
    record.header = {kind_of<Record>(), static_cast<oe_u16>(sizeof record + tail.size())};
    Bytes bytes(sizeof record + tail.size());
    std::memcpy(bytes.data(), &record, sizeof record);
    tail.copy(reinterpret_cast<char*>(bytes.data()) + sizeof record, tail.size());
    return bytes;
}

inline Bytes socket_bytes(oe_socket record, std::string_view name) {
    record.name_len = static_cast<oe_u16>(name.size());
    return bytes_of(record, name);
}

inline Bytes detail_bytes(oe_detail record, std::string_view path) {
    record.path_len = static_cast<oe_u32>(path.size());
    return bytes_of(record, path);
}

// With another number in every field.
inline oe_socket a_socket() {
    return {.flags = OE_SOCKET_OPEN,
            .sock = 0xffff888000000400,
            .inode = 70001,
            .peer = 0xffff888000000800,
            .peer_inode = 70002,
            .peer_peer = 0xffff888000000c00,
            .listener = 0xffff888000001000,
            .address = 0xffff888000001400,
            .cookie = 0x1'0000'0007,
            .file_inode = 0x2'0000'0009,
            .file_dev = 8U << 20 | 3,
            .netns = 4026531840,
            .queue_len = 11,
            .max_backlog = 12,
            .rx_bytes = 13,
            .tx_bytes = 14,
            .cred_pid = 16,
            .cred_uid = 4294967294,
            .type = 5,
            .state = 10,
            .peer_netns = 4026531844};
}

inline oe_detail a_detail() {
    return {.sock = 0xffff888000000400, .inode = 70001, .rx_bytes = 15};
}

inline oe_holder a_holder(std::string_view comm = "nginx") {
    oe_holder record{.tgid = 100,
                     .tid = 101,
                     .fd = 5,
                     .uid = 33,
                     .task_netns = 4026531841,
                     .files = 0xffff888200000040,
                     .sock = 0xffff888000000400,
                     .inode = 70001,
                     .peer = 0xffff888000000800,
                     .sock_netns = 4026531842,
                     .type = 2};
    comm.copy(record.comm, sizeof record.comm);
    return record;
}

// A header, and `size` - 4 bytes of no meaning behind it.
inline Bytes raw_record(oe_u16 kind, oe_u16 size) {
    const oe_record header{kind, size};
    Bytes bytes(std::max<std::size_t>(size, sizeof header), std::byte{0xa5});
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

} // namespace otherend::kernel
