// SPDX-License-Identifier: MIT
#include "base/escape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>

namespace otherend {
namespace {

struct Range {
    char32_t first, last;
};

// Not printable although valid: C1 controls, line and paragraph separators, interlinear annotation, and what
// Unicode 15 lists as Bidi_Control (PropList.txt) or Default_Ignorable_Code_Point (DerivedCoreProperties.txt),
// which reorders its neighbours or is drawn as nothing. Sorted.
constexpr std::array<Range, 18> hidden = {{
    {0x80, 0x9f},
    {0xad, 0xad},
    {0x34f, 0x34f},
    {0x61c, 0x61c},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x200b, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0x3164, 0x3164},
    {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
}};

bool is_hidden(char32_t value) {
    const auto* range = std::ranges::lower_bound(hidden, value, {}, &Range::last);
    return range != hidden.end() && value >= range->first;
}

struct ShortEscape {
    char byte, letter;
};

constexpr std::array<ShortEscape, 4> short_escapes = {{{'\\', '\\'}, {'\n', 'n'}, {'\t', 't'}, {'\0', '0'}}};

constexpr bool is_plain_ascii(char c) {
    return c >= 0x20 && c < 0x7f && c != '\\';
}

// Bytes at the front of `bytes` that need no escape.
std::size_t plain_prefix(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (is_plain_ascii(bytes[at])) {
            ++at;
            continue;
        }
        const CodePoint next = first_code_point(bytes.substr(at));
        if (next.size < 2 || is_hidden(next.value))
            break;
        at += next.size;
    }
    return at;
}

// Escapes what `bytes` begins with and returns how many bytes that was.
std::size_t append_escape(std::string& out, std::string_view bytes) {
    const CodePoint next = first_code_point(bytes);
    if (next.size > 1) {
        const auto value = static_cast<std::uint32_t>(next.value);
        if (value > 0xffff)
            fmt::format_to(std::back_inserter(out), "\\U{:08x}", value);
        else
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", value);
        return next.size;
    }
    const char byte = bytes.front();
    if (const auto* known = std::ranges::find(short_escapes, byte, &ShortEscape::byte);
        known != short_escapes.end())
        out.append(1, '\\') += known->letter;
    else
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(byte));
    return 1;
}

bool append_utf8(std::string& out, std::uint32_t value) {
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (surrogate || value > 0x10ffff)
        return false;
    const auto tail = [value](unsigned shift) { return static_cast<char>(0x80 | ((value >> shift) & 0x3f)); };
    if (value < 0x80)
        out += static_cast<char>(value);
    else if (value < 0x800)
        out += {static_cast<char>(0xc0 | value >> 6), tail(0)};
    else if (value < 0x10000)
        out += {static_cast<char>(0xe0 | value >> 12), tail(6), tail(0)};
    else
        out += {static_cast<char>(0xf0 | value >> 18), tail(12), tail(6), tail(0)};
    return true;
}

std::optional<std::uint32_t> hex(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || stop != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

// Takes one escape from the front of `text`, which begins with a backslash; 0 if it is none.
std::size_t append_unescaped(std::string& out, std::string_view text) {
    if (text.size() < 2)
        return 0;
    if (const auto* known = std::ranges::find(short_escapes, text[1], &ShortEscape::letter);
        known != short_escapes.end()) {
        out += known->byte;
        return 2;
    }
    const std::size_t digits = text[1] == 'x' ? 2 : text[1] == 'u' ? 4 : text[1] == 'U' ? 8 : 0;
    if (digits == 0 || text.size() < 2 + digits)
        return 0;
    const auto value = hex(text.substr(2, digits));
    if (!value)
        return 0;
    if (text[1] == 'x')
        out += static_cast<char>(*value);
    else if (!append_utf8(out, *value))
        return 0;
    return 2 + digits;
}

} // namespace

CodePoint first_code_point(std::string_view text) {
    if (text.empty())
        return {};
    const auto byte = [text](std::size_t at) -> std::uint32_t {
        return static_cast<unsigned char>(text[at]);
    };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80)
        return {lead, 1};
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
        return {};
    std::uint32_t value = lead & (0xffU >> (size + 1));
    for (std::size_t at = 1; at < size; ++at) {
        if ((byte(at) & 0xc0) != 0x80)
            return {};
        value = value << 6 | (byte(at) & 0x3f);
    }
    // RFC 3629 section 3: no overlong forms, no surrogates, nothing above U+10FFFF.
    constexpr std::array<std::uint32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < least[size] || surrogate || value > 0x10ffff)
        return {};
    return {value, size};
}

void append_escaped(std::string& out, std::string_view bytes) {
    while (true) {
        const std::size_t plain = plain_prefix(bytes);
        out += bytes.substr(0, plain);
        bytes.remove_prefix(plain);
        if (bytes.empty())
            return;
        bytes.remove_prefix(append_escape(out, bytes));
    }
}

std::string escape(std::string_view bytes) {
    std::string out;
    append_escaped(out, bytes);
    return out;
}

std::optional<std::string> unescape(std::string_view text) {
    std::string out;
    while (true) {
        const std::size_t plain = std::min(text.find('\\'), text.size());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty())
            return out;
        const std::size_t used = append_unescaped(out, text);
        if (used == 0)
            return std::nullopt;
        text.remove_prefix(used);
    }
}

bool is_plain_utf8(std::string_view bytes) {
    return plain_prefix(bytes) == bytes.size();
}

void append_socket_name(std::string& out, std::string_view bytes) {
    if (bytes.starts_with('\0')) {
        out += '@';
        bytes.remove_prefix(1);
    } else if (bytes.starts_with('@')) {
        out += "\\x40";
        bytes.remove_prefix(1);
    }
    append_escaped(out, bytes);
}

std::string socket_name_text(std::string_view bytes) {
    std::string out;
    append_socket_name(out, bytes);
    return out;
}

std::optional<std::string> socket_name_bytes(std::string_view text) {
    if (!text.starts_with('@'))
        return unescape(text);
    auto rest = unescape(text.substr(1));
    if (rest)
        rest->insert(rest->begin(), '\0');
    return rest;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            out += i <= group.size() ? alphabet[bits >> (18 - 6 * i) & 0x3f] : '=';
    }
    return out;
}

} // namespace otherend
