// SPDX-License-Identifier: MIT
// Addresses as people write them: "172.22.0.2:1234", "[::1]:80", "[fe80::1%2]:80" (RFC 5952).
#pragma once

#include "otherend/ip.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace otherend {

void append_address(std::string& out, const IpAddress& address);
void append_endpoint(std::string& out, const IpEndpoint& endpoint);
std::string endpoint_text(const IpEndpoint& endpoint);

// "10.0.0.1", "::1" or "[::1]".
std::optional<IpAddress> parse_ip_address(std::string_view text);

// "10.0.0.1:80", "[::1]:80", "[fe80::1%2]:80" (a scope by its number). The port is from 0 to 65535.
std::optional<IpEndpoint> parse_ip_endpoint(std::string_view text);

} // namespace otherend
