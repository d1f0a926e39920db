// SPDX-License-Identifier: MIT
#include "base/escape.hpp"

#include <cstdint>
#include <cstdio>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <utility>

using namespace std::string_literals;
using otherend::base64;
using otherend::escape;
using otherend::first_code_point;
using otherend::is_plain_utf8;
using otherend::socket_name_bytes;
using otherend::socket_name_text;
using otherend::unescape;

namespace {

std::string without_backslashes(std::string text) {
    std::erase(text, '\\');
    return text;
}

std::string in_hex(std::uint32_t value) {
    char digits[9];
    std::snprintf(digits, sizeof(digits), "%08x", value);
    return digits;
}

} // namespace

TEST(Escape, LeavesPrintableUtf8Alone) {
    for (const auto* text :
         {"", "/run/docker.sock", "naïve café", "中文 ソケット", "🐳", "e\u0301", "~ !\"'"}) {
        EXPECT_EQ(escape(text), text);
        EXPECT_TRUE(is_plain_utf8(text)) << text;
    }
}

TEST(Escape, WritesWhatATerminalWouldActOn) {
    EXPECT_EQ(escape("a\nb\tc\rd"), R"(a\nb\tc\x0dd)");
    EXPECT_EQ(escape("\033[31mred\007"), R"(\x1b[31mred\x07)");
    EXPECT_EQ(escape("\x7f"), R"(\x7f)");
    EXPECT_EQ(escape("\0"s), R"(\0)");
    EXPECT_EQ(escape("\u0085\u009b"), R"(\u0085\u009b)");
    EXPECT_EQ(escape(R"(back\slash)"), R"(back\\slash)");
}

TEST(Escape, WritesWhatHidesOrReordersText) {
    EXPECT_EQ(escape("gpj\u202eexe"), R"(gpj\u202eexe)");
    EXPECT_EQ(escape("\u2066\u2069\u200e\u061c"), R"(\u2066\u2069\u200e\u061c)");
    EXPECT_EQ(escape("a\u200bb\u00adc\ufeffd"), R"(a\u200bb\u00adc\ufeffd)");
    EXPECT_EQ(escape("\u2028\u2029"), R"(\u2028\u2029)");
    EXPECT_EQ(escape("\U000e0041"), R"(\U000e0041)");
}

TEST(Escape, WritesBytesThatAreNotUtf8) {
    EXPECT_EQ(escape("\xff\xfe"), R"(\xff\xfe)");
    EXPECT_EQ(escape("ok\xc3"), R"(ok\xc3)");
    EXPECT_EQ(escape("\xc3("), R"(\xc3()");
    EXPECT_EQ(escape("\x80"), R"(\x80)");
    EXPECT_EQ(escape("\xe4\xb8"), R"(\xe4\xb8)");
    EXPECT_EQ(escape("\xc0\xaf"), R"(\xc0\xaf)") << "overlong '/'";
    EXPECT_EQ(escape("\xe0\x80\xaf"), R"(\xe0\x80\xaf)") << "overlong in three bytes";
    EXPECT_EQ(escape("\xed\xa0\x80"), R"(\xed\xa0\x80)") << "surrogate";
    EXPECT_EQ(escape("\xf4\x90\x80\x80"), R"(\xf4\x90\x80\x80)") << "above U+10FFFF";
    EXPECT_EQ(escape("\xf8\x88\x80\x80\x80"), R"(\xf8\x88\x80\x80\x80)");
}

TEST(Escape, IsPlainExactlyWhenNothingChanges) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string one(1, static_cast<char>(byte));
        EXPECT_EQ(is_plain_utf8(one), byte >= 0x20 && byte < 0x7f && byte != '\\') << byte;
        EXPECT_EQ(is_plain_utf8(one), escape(one) == one) << byte;
    }
}

TEST(Escape, IsUndoneByUnescapeForEveryPairOfBytes) {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const std::string bytes = {static_cast<char>(first), static_cast<char>(second), '1'};
            const std::string text = escape(bytes);
            ASSERT_EQ(unescape(text), bytes) << text;
            ASSERT_TRUE(is_plain_utf8(without_backslashes(text))) << text;
        }
}

// Every one up to where characters get rare, and a sample of the others.
TEST(Escape, IsUndoneByUnescapeForCodePoints) {
    for (std::uint32_t value = 1; value <= 0x10ffff; value += value < 0x20000 ? 1 : 61) {
        if (value >= 0xd800 && value <= 0xdfff)
            continue;
        const auto spelled = unescape("\\U" + in_hex(value));
        ASSERT_TRUE(spelled);
        const auto point = first_code_point(*spelled);
        ASSERT_EQ(point.value, value);
        ASSERT_EQ(point.size, spelled->size());
        ASSERT_EQ(unescape(escape(*spelled)), *spelled);
    }
}

TEST(Unescape, RefusesWhatEscapeNeverWrites) {
    for (const auto* text :
         {"\\", "a\\", "\\q", "\\x", "\\x4", "\\xzz", "\\u12", "\\ud800", "\\U00110000", "\\U1", "\\x-1"})
        EXPECT_EQ(unescape(text), std::nullopt) << text;
}

TEST(Unescape, TakesEscapesOfOrdinaryCharacters) {
    EXPECT_EQ(unescape(R"(\x41\u00e9\\n)"), "A\u00e9\\n");
}

TEST(SocketName, TellsPathsFromAbstractNames) {
    const std::pair<std::string, std::string> names[] = {
        {"", ""},
        {"/run/x.sock", "/run/x.sock"},
        {"\0bus"s, "@bus"},
        {"\0"s, "@"},
        {"\0a\0b"s, R"(@a\0b)"},
        {"\0@at"s, "@@at"},
        {"@not-abstract", R"(\x40not-abstract)"},
        {"@", R"(\x40)"},
        {"a@b", "a@b"},
        {"\0new\nline"s, R"(@new\nline)"},
        {"/tmp/\xff", R"(/tmp/\xff)"},
    };
    for (const auto& [bytes, text] : names) {
        EXPECT_EQ(socket_name_text(bytes), text);
        EXPECT_EQ(socket_name_bytes(text), bytes) << text;
    }
}

TEST(SocketName, KeepsAWholeSunPathOfAnyBytes) {
    std::string bytes;
    for (int i = 0; i < 108; ++i)
        bytes += static_cast<char>(i % 3 == 0 ? '\n' : i % 3 == 1 ? '\0' : 0x80 + i);
    bytes[0] = '\0';
    const std::string text = socket_name_text(bytes);
    EXPECT_TRUE(is_plain_utf8(without_backslashes(text)));
    EXPECT_EQ(socket_name_bytes(text), bytes);
}

TEST(SocketName, RefusesABrokenEscape) {
    EXPECT_EQ(socket_name_bytes("@a\\"), std::nullopt);
    EXPECT_EQ(socket_name_bytes("/tmp/\\z"), std::nullopt);
}

TEST(Base64, MatchesTheVectorsOfRfc4648) {
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [bytes, text] : vectors)
        EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(base64("\xff\xfe\0"s), "//4A");
}
