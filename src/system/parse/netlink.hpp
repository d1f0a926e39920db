// SPDX-License-Identifier: MIT
// Netlink messages and attributes taken apart (netlink(7), include/uapi/linux/netlink.h).
//
// Total over bytes: any input is parsed without reading outside of it. Alignment does not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>

namespace otherend::system {

using Bytes = std::span<const std::byte>;

// Absent if there are too few bytes from `offset` on.
template <typename Value>
    requires std::is_trivially_copyable_v<Value>
std::optional<Value> read_as(Bytes bytes, std::size_t offset = 0) {
    if (bytes.size() < offset || bytes.size() - offset < sizeof(Value))
        return std::nullopt;
    Value value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// What follows a message or attribute of this length, padding included, which the last one may lack.
Bytes after(Bytes bytes, std::size_t length);

struct Attribute {
    std::uint16_t type; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
    Bytes value;
};

// The first attribute of `rest`, which moves behind it. Absent at the end, and if its length is wrong: then `rest` is
// not empty.
std::optional<Attribute> next_attribute(Bytes& rest);

// What the datagrams of one dump amounted to so far.
struct DumpProgress {
    bool done = false;           // the dump has ended
    int error = 0;               // errno it ended with
    bool interrupted = false;    // NLM_F_DUMP_INTR: the table changed so that the answer is inconsistent
    std::uint64_t malformed = 0; // messages that were cut short or contradict their own lengths
};

// Calls `take` with the payload of each message of this type until the dump ends; it returns false if the payload is
// not well-formed.
void parse_dump(Bytes datagram, std::uint16_t type, DumpProgress& progress,
                const std::function<bool(Bytes payload)>& take);

} // namespace otherend::system
