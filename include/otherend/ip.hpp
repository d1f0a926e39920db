// SPDX-License-Identifier: MIT
// Internet addresses as values. An IPv4 address is kept as its IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2), so that
// a v4-mapped end and its IPv4 peer compare equal.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <span>

namespace otherend {

struct IpAddress {
    std::array<std::uint8_t, 16> bytes{}; // network byte order

    auto operator<=>(const IpAddress&) const = default;

    static constexpr IpAddress from_ipv4(std::span<const std::uint8_t, 4> octets) {
        IpAddress address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
        std::ranges::copy(octets, address.bytes.begin() + 12);
        return address;
    }

    [[nodiscard]] constexpr bool is_ipv4() const {
        constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        return std::ranges::equal(std::span(bytes).first<12>(), mapped);
    }
    [[nodiscard]] constexpr std::span<const std::uint8_t, 4> ipv4() const {
        return std::span(bytes).last<4>();
    }
    // 0.0.0.0 or ::
    [[nodiscard]] constexpr bool is_unspecified() const {
        const auto rest = std::span(bytes).subspan(is_ipv4() ? 12 : 0);
        return std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0; });
    }
    // 127.0.0.0/8 or ::1
    [[nodiscard]] constexpr bool is_loopback() const {
        if (is_ipv4())
            return bytes[12] == 127;
        IpAddress one;
        one.bytes[15] = 1;
        return *this == one;
    }
};

struct IpEndpoint {
    IpAddress address;
    std::uint16_t port = 0;  // host byte order
    std::uint32_t scope = 0; // interface index of a link-local IPv6 address, else 0

    auto operator<=>(const IpEndpoint&) const = default;
};

} // namespace otherend
