// SPDX-License-Identifier: MIT
#include "base/ip_text.hpp"

#include <gtest/gtest.h>

#include <random>

namespace otherend {
namespace {

using namespace std::string_view_literals;

std::string address_text(const IpAddress& address) {
    std::string text;
    append_address(text, address);
    return text;
}

// As it is printed again, "" for what is none.
std::string reread(std::string_view text) {
    const auto address = parse_ip_address(text);
    return address ? address_text(*address) : "";
}
std::string reread_endpoint(std::string_view text) {
    const auto endpoint = parse_ip_endpoint(text);
    return endpoint ? endpoint_text(*endpoint) : "";
}

TEST(IpText, Ipv4IsFourDecimalNumbers) {
    EXPECT_EQ(address_text(IpAddress::from_ipv4(std::array<std::uint8_t, 4>{10, 0, 200, 255})),
              "10.0.200.255");
    EXPECT_EQ(reread("0.0.0.0"), "0.0.0.0");
    EXPECT_EQ(reread("255.255.255.255"), "255.255.255.255");
}

// RFC 5952, section 4.
TEST(IpText, Ipv6IsInItsRecommendedForm) {
    EXPECT_EQ(reread("2001:0DB8::0001"), "2001:db8::1");               // no leading zeros, lower case
    EXPECT_EQ(reread("2001:db8:0:0:0:0:2:1"), "2001:db8::2:1");        // as short as can be
    EXPECT_EQ(reread("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1"); // not for one field
    EXPECT_EQ(reread("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");          // the longest run
    EXPECT_EQ(reread("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");    // the first of two that are
    EXPECT_EQ(reread("0:0:0:0:0:0:0:0"), "::");
    EXPECT_EQ(reread("0:0:0:0:0:0:0:1"), "::1");
    EXPECT_EQ(reread("1::"), "1::");
}

TEST(IpText, MappedAddressIsIpv4) {
    EXPECT_EQ(reread("::ffff:10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(reread("::ffff:a00:1"), "10.0.0.1");
    EXPECT_EQ(*parse_ip_address("::ffff:10.0.0.1"), *parse_ip_address("10.0.0.1"));
    EXPECT_EQ(reread("::fffe:10.0.0.1"), "::fffe:a00:1");
}

TEST(IpText, AddressMayBeInBracketsIfItIsIpv6) {
    EXPECT_EQ(reread("[::1]"), "::1");
    EXPECT_EQ(reread("[::ffff:1.2.3.4]"), "1.2.3.4");
    EXPECT_EQ(reread("[1.2.3.4]"), "");
    EXPECT_EQ(reread("[[::1]]"), "");
}

TEST(IpText, WhatIsNoAddressIsRefused) {
    for (const auto text : {""sv,
                            " "sv,
                            "[]"sv,
                            "["sv,
                            "]"sv,
                            "1"sv,
                            "1.2.3"sv,
                            "1.2.3.4.5"sv,
                            "1.2.3.256"sv,
                            "01.2.3.4"sv,
                            "1.2.3.-4"sv,
                            "0x1.2.3.4"sv,
                            " 1.2.3.4"sv,
                            "1.2.3.4 "sv,
                            "1.2.3.4\0"sv,
                            "::1\0x"sv,
                            ":"sv,
                            ":::"sv,
                            "::1::"sv,
                            "1:2:3:4:5:6:7"sv,
                            "1:2:3:4:5:6:7:8:9"sv,
                            "12345::"sv,
                            "::g"sv,
                            "[::1"sv,
                            "::1]"sv,
                            "fe80::1%2"sv,
                            "localhost"sv,
                            "1.2.3.4\n"sv})
        EXPECT_FALSE(parse_ip_address(text)) << text;
}

TEST(IpText, EndpointIsAnAddressAndAPort) {
    EXPECT_EQ(reread_endpoint("172.22.0.2:1234"), "172.22.0.2:1234");
    EXPECT_EQ(reread_endpoint("[::1]:80"), "[::1]:80");
    EXPECT_EQ(reread_endpoint("[::ffff:1.2.3.4]:80"), "1.2.3.4:80");
    EXPECT_EQ(reread_endpoint("0.0.0.0:0"), "0.0.0.0:0");
    EXPECT_EQ(reread_endpoint("[::]:65535"), "[::]:65535");
    EXPECT_EQ(parse_ip_endpoint("10.0.0.1:5432")->port, 5432);
}

TEST(IpText, ScopeIsAnInterfaceByItsNumber) {
    EXPECT_EQ(reread_endpoint("[fe80::1%2]:80"), "[fe80::1%2]:80");
    EXPECT_EQ(parse_ip_endpoint("[fe80::1%4294967295]:80")->scope, 4294967295U);
    EXPECT_EQ(endpoint_text({.address = *parse_ip_address("fe80::1"), .port = 80}), "[fe80::1]:80");
    for (const auto text :
         {"[fe80::1%]:80"sv, "[fe80::1%eth0]:80"sv, "[fe80::1%-1]:80"sv, "[fe80::1%4294967296]:80"sv,
          "[fe80::1%2%3]:80"sv, "10.0.0.1%2:80"sv, "[fe80::1]%2:80"sv})
        EXPECT_FALSE(parse_ip_endpoint(text)) << text;
}

TEST(IpText, WhatIsNoEndpointIsRefused) {
    for (const auto text : {""sv,
                            ":"sv,
                            ":80"sv,
                            "80"sv,
                            "10.0.0.1"sv,
                            "10.0.0.1:"sv,
                            "10.0.0.1:65536"sv,
                            "10.0.0.1:-1"sv,
                            "10.0.0.1:+80"sv,
                            "10.0.0.1: 80"sv,
                            "10.0.0.1:80 "sv,
                            "10.0.0.1:80x"sv,
                            "10.0.0.1:0x50"sv,
                            "[10.0.0.1]:80"sv,
                            "::1:80"sv,
                            "[::1]"sv,
                            "[::1]80"sv,
                            "[[::1]]:80"sv,
                            "[]:80"sv,
                            "[:80"sv,
                            "]:80"sv,
                            "[::1:80"sv,
                            "::1]:80"sv,
                            "localhost:80"sv,
                            "10.0.0.1:80:80"sv,
                            "10.0.0.1\0:80"sv})
        EXPECT_FALSE(parse_ip_endpoint(text)) << text;
}

TEST(IpText, AnyEndpointIsReadAsItWasWritten) {
    std::mt19937 random(1);
    for (int i = 0; i < 10'000; ++i) {
        IpEndpoint endpoint{.port = static_cast<std::uint16_t>(random())};
        const auto zeros = random(); // so that there are runs of them
        for (std::size_t at = 0; at < endpoint.address.bytes.size(); ++at)
            if ((zeros >> at & 1) != 0)
                endpoint.address.bytes[at] = static_cast<std::uint8_t>(random());
        if (random() % 4 == 0)
            endpoint.address = IpAddress::from_ipv4(std::span(endpoint.address.bytes).first<4>());
        else if (random() % 2 == 0)
            endpoint.scope = static_cast<std::uint32_t>(random());
        const auto text = endpoint_text(endpoint);
        ASSERT_EQ(parse_ip_endpoint(text), endpoint) << text;
        ASSERT_EQ(parse_ip_address(address_text(endpoint.address)), endpoint.address) << text;
    }
}

} // namespace
} // namespace otherend
