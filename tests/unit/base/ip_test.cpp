// SPDX-License-Identifier: MIT
#include "otherend/ip.hpp"

#include <gtest/gtest.h>

namespace otherend {
namespace {

constexpr IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return IpAddress::from_ipv4(std::array{a, b, c, d});
}
constexpr IpAddress any{}, one{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

TEST(IpAddress, OfIpv4IsTheMappedOneOfIpv6) {
    constexpr IpAddress mapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3}};
    EXPECT_EQ(ipv4(10, 1, 2, 3), mapped);
    EXPECT_TRUE(mapped.is_ipv4());
    EXPECT_TRUE(std::ranges::equal(mapped.ipv4(), std::array{10, 1, 2, 3}));
    EXPECT_FALSE(any.is_ipv4());
    EXPECT_FALSE(one.is_ipv4());
    for (std::size_t at = 0; at < 12; ++at) {
        auto other = mapped;
        other.bytes[at] ^= 1;
        EXPECT_FALSE(other.is_ipv4()) << at;
    }
}

TEST(IpAddress, IsUnspecifiedInEitherFamily) {
    EXPECT_TRUE(any.is_unspecified());
    EXPECT_TRUE(ipv4(0, 0, 0, 0).is_unspecified());
    EXPECT_FALSE(one.is_unspecified());
    for (const auto& address : {ipv4(1, 0, 0, 0), ipv4(0, 0, 0, 1), ipv4(127, 0, 0, 1)})
        EXPECT_FALSE(address.is_unspecified());
    EXPECT_NE(any, ipv4(0, 0, 0, 0));
}

TEST(IpAddress, IsLoopbackInAllOfItsNetwork) {
    for (const auto& address : {ipv4(127, 0, 0, 1), ipv4(127, 0, 0, 0), ipv4(127, 255, 255, 255), one})
        EXPECT_TRUE(address.is_loopback());
    constexpr IpAddress compatible{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1}}; // ::127.0.0.1
    for (const auto& address : {ipv4(126, 255, 255, 255), ipv4(128, 0, 0, 1), any, compatible})
        EXPECT_FALSE(address.is_loopback());
}

TEST(IpEndpoint, DiffersByAddressPortAndScope) {
    const IpEndpoint endpoint{.address = one, .port = 80, .scope = 2};
    EXPECT_EQ(endpoint, (IpEndpoint{one, 80, 2}));
    EXPECT_NE(endpoint, (IpEndpoint{any, 80, 2}));
    EXPECT_NE(endpoint, (IpEndpoint{one, 81, 2}));
    EXPECT_NE(endpoint, (IpEndpoint{one, 80, 3}));
}

} // namespace
} // namespace otherend
