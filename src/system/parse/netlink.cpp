// SPDX-License-Identifier: MIT
#include "system/parse/netlink.hpp"

#include <algorithm>
#include <linux/netlink.h>

namespace otherend::system {

namespace {

void end_dump(Bytes payload, DumpProgress& progress) {
    progress.done = true;
    const auto code = read_as<std::int32_t>(payload); // negative errno, or 0
    if (!code)
        ++progress.malformed;
    else if (*code < 0)
        progress.error = static_cast<int>(-std::int64_t{*code});
}

} // namespace

// Netlink pads messages and attributes to four bytes.
Bytes after(Bytes bytes, std::size_t length) {
    return bytes.subspan(std::min(bytes.size(), std::size_t{NLMSG_ALIGN(length)}));
}

std::optional<Attribute> next_attribute(Bytes& rest) {
    const auto header = read_as<nlattr>(rest);
    if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > rest.size())
        return std::nullopt;
    const Attribute attribute{static_cast<std::uint16_t>(header->nla_type & NLA_TYPE_MASK),
                              rest.subspan(sizeof(nlattr), header->nla_len - sizeof(nlattr))};
    rest = after(rest, header->nla_len);
    return attribute;
}

void parse_dump(Bytes datagram, std::uint16_t type, DumpProgress& progress,
                const std::function<bool(Bytes payload)>& take) {
    while (!datagram.empty() && !progress.done) {
        const auto header = read_as<nlmsghdr>(datagram);
        if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) {
            ++progress.malformed;
            return;
        }
        const auto payload = datagram.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
        if (header->nlmsg_flags & NLM_F_DUMP_INTR)
            progress.interrupted = true;
        if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE)
            end_dump(payload, progress);
        else if (header->nlmsg_type == type && !take(payload))
            ++progress.malformed;
        datagram = after(datagram, header->nlmsg_len);
    }
}

} // namespace otherend::system
