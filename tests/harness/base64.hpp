// SPDX-License-Identifier: MIT
// Base64 (RFC 4648, section 4), for names that need not be text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace otherend::harness {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

inline std::string to_base64(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= group.size() ? base64_alphabet[bits >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

// What is outside the alphabet ends the text, as padding does.
inline std::string from_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    int known = 0;
    for (const char c : text) {
        const auto value = base64_alphabet.find(c);
        if (value == std::string_view::npos)
            break;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        known += 6;
        if (known >= 8) {
            known -= 8;
            bytes += static_cast<char>(bits >> known & 0xff);
        }
    }
    return bytes;
}

} // namespace otherend::harness
