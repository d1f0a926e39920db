// SPDX-License-Identifier: MIT
#include "system/parse/conntrack.hpp"

#include "system/parse/conntrack_tuple.hpp"

#include <array>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

namespace otherend::system {

namespace {

using Take = std::function<bool(const Attribute&)>;

// False if one of the attributes is malformed or not taken.
bool for_each_attribute(Bytes rest, const Take& take) {
    while (const auto attribute = next_attribute(rest))
        if (!take(*attribute))
            return false;
    return rest.empty();
}

struct Parts {
    std::optional<IpAddress> source, destination;
    std::optional<std::uint16_t> source_port, destination_port;
    std::uint8_t protocol = 0;
};

bool take_ipv4(Bytes value, std::optional<IpAddress>& address) {
    if (const auto octets = read_as<std::array<std::uint8_t, 4>>(value))
        address = IpAddress::from_ipv4(*octets);
    return address.has_value();
}

bool take_ipv6(Bytes value, std::optional<IpAddress>& address) {
    if (const auto octets = read_as<std::array<std::uint8_t, 16>>(value))
        address = IpAddress{*octets};
    return address.has_value();
}

bool take_port(Bytes value, std::optional<std::uint16_t>& port) {
    if (const auto port_be = read_as<std::uint16_t>(value))
        port = ntohs(*port_be);
    return port.has_value();
}

bool take_address(const Attribute& attribute, Parts& parts) {
    switch (attribute.type) {
    case CTA_IP_V4_SRC:
        return take_ipv4(attribute.value, parts.source);
    case CTA_IP_V4_DST:
        return take_ipv4(attribute.value, parts.destination);
    case CTA_IP_V6_SRC:
        return take_ipv6(attribute.value, parts.source);
    case CTA_IP_V6_DST:
        return take_ipv6(attribute.value, parts.destination);
    default:
        return true;
    }
}

bool take_protocol(const Attribute& attribute, Parts& parts) {
    switch (attribute.type) {
    case CTA_PROTO_NUM: {
        const auto protocol = read_as<std::uint8_t>(attribute.value);
        parts.protocol = protocol.value_or(0);
        return protocol.has_value();
    }
    case CTA_PROTO_SRC_PORT:
        return take_port(attribute.value, parts.source_port);
    case CTA_PROTO_DST_PORT:
        return take_port(attribute.value, parts.destination_port);
    default:
        return true;
    }
}

bool take_parts(Bytes value, Parts& parts) {
    return for_each_attribute(value, [&](const Attribute& part) {
        if (part.type == CTA_TUPLE_IP)
            return for_each_attribute(part.value, [&](const auto& one) { return take_address(one, parts); });
        if (part.type == CTA_TUPLE_PROTO)
            return for_each_attribute(part.value, [&](const auto& one) { return take_protocol(one, parts); });
        return true;
    });
}

std::optional<ConntrackTuple> tuple_of(const Parts& parts) {
    if (!parts.source || !parts.destination || !parts.source_port || !parts.destination_port)
        return std::nullopt;
    return ConntrackTuple{
        {*parts.source, *parts.source_port}, {*parts.destination, *parts.destination_port}, parts.protocol};
}

bool take_entry(Bytes payload, NetnsId netns, const model::FactSink& sink) {
    if (payload.size() < sizeof(nfgenmsg))
        return false;
    Parts original, reply;
    const bool whole = for_each_attribute(after(payload, sizeof(nfgenmsg)), [&](const Attribute& attribute) {
        if (attribute.type == CTA_TUPLE_ORIG)
            return take_parts(attribute.value, original);
        return attribute.type != CTA_TUPLE_REPLY || take_parts(attribute.value, reply);
    });
    if (!whole || original.protocol != reply.protocol)
        return false;
    if (!kind_of_protocol(original.protocol)) // it may have no ports
        return original.protocol != 0;
    const auto there = tuple_of(original), back = tuple_of(reply);
    if (there && back)
        report_translation(*there, *back, netns, sink);
    return there && back;
}

} // namespace

void parse_conntrack(Bytes datagram, NetnsId netns, const model::FactSink& sink, DumpProgress& progress) {
    constexpr std::uint16_t entry = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
    parse_dump(datagram, entry, progress, [&](Bytes payload) { return take_entry(payload, netns, sink); });
}

} // namespace otherend::system
