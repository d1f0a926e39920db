// SPDX-License-Identifier: MIT
#include "base/ip_text.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <limits>
#include <span>

namespace otherend {

namespace {

template <typename Number> std::optional<Number> number_in(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && !text.empty() ? std::optional(value) : std::nullopt;
}

bool is_bracketed(std::string_view text) {
    return text.starts_with('[') && text.ends_with(']');
}

std::string_view without_brackets(std::string_view text) {
    return text.substr(1, text.size() - 2);
}

// A v4-mapped one is written like IPv6, too.
bool is_ipv6_text(std::string_view text) {
    return text.find(':') != std::string_view::npos;
}

std::optional<IpAddress> bare_address(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) // where inet_pton(3) would stop
        return std::nullopt;
    const std::string terminated(text);
    std::array<std::uint8_t, 4> octets{};
    if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1)
        return IpAddress::from_ipv4(octets);
    IpAddress address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1)
        return address;
    return std::nullopt;
}

template <typename Number> void append_decimal(std::string& out, Number number) {
    std::array<char, std::numeric_limits<Number>::digits10 + 1> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
}

// As inet_ntop(3), which goes through sprintf() and shows among a hundred thousand connections.
void append_ipv4(std::string& out, std::span<const std::uint8_t, 4> octets) {
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i > 0)
            out += '.';
        append_decimal(out, octets[i]);
    }
}

} // namespace

void append_address(std::string& out, const IpAddress& address) {
    if (address.is_ipv4()) {
        append_ipv4(out, address.ipv4());
        return;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
    out += text.data();
}

void append_endpoint(std::string& out, const IpEndpoint& endpoint) {
    const bool bracketed = !endpoint.address.is_ipv4();
    if (bracketed)
        out += '[';
    append_address(out, endpoint.address);
    if (endpoint.scope != 0)
        out.append("%").append(std::to_string(endpoint.scope));
    if (bracketed)
        out += ']';
    out += ':';
    append_decimal(out, endpoint.port);
}

std::string endpoint_text(const IpEndpoint& endpoint) {
    std::string text;
    append_endpoint(text, endpoint);
    return text;
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    if (const auto address = bare_address(text))
        return address;
    const auto address = is_bracketed(text) ? bare_address(without_brackets(text)) : std::nullopt;
    return address && is_ipv6_text(text) ? address : std::nullopt;
}

std::optional<IpEndpoint> parse_ip_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto host = text.substr(0, colon);
    const auto port = number_in<std::uint16_t>(text.substr(colon + 1));
    const bool bracketed = is_bracketed(host);
    if (bracketed)
        host = without_brackets(host);
    IpEndpoint endpoint{.port = port.value_or(0)};
    if (const auto percent = host.find('%'); percent != std::string_view::npos) {
        const auto scope = number_in<std::uint32_t>(host.substr(percent + 1));
        if (!scope || !bracketed)
            return std::nullopt;
        endpoint.scope = *scope;
        host = host.substr(0, percent);
    }
    const auto address = bare_address(host);
    if (!port || !address || is_ipv6_text(host) != bracketed) // "::1:80" could be an address as well
        return std::nullopt;
    endpoint.address = *address;
    return endpoint;
}

} // namespace otherend
