// SPDX-License-Identifier: MIT
// Netlink messages made up by a test.
#pragma once

#include "system/parse/netlink.hpp"

#include <linux/netlink.h>
#include <string>

namespace otherend::system {

inline Bytes bytes(const std::string& text) {
    return std::as_bytes(std::span(text));
}

template <typename Value> std::string raw(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

inline std::string padded(std::string text) {
    return text.append((4 - text.size() % 4) % 4, '\0');
}

inline std::string message(std::uint16_t type, const std::string& payload,
                           std::uint16_t flags = NLM_F_MULTI) {
    const nlmsghdr header{.nlmsg_len = static_cast<std::uint32_t>(sizeof(nlmsghdr) + payload.size()),
                          .nlmsg_type = type,
                          .nlmsg_flags = flags,
                          .nlmsg_seq = 0,
                          .nlmsg_pid = 0};
    return padded(raw(header) + payload);
}

inline std::string attribute(std::uint16_t type, const std::string& value) {
    const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + value.size()), type};
    return padded(raw(header) + value);
}

} // namespace otherend::system
