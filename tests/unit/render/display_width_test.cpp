// SPDX-License-Identifier: MIT
#include "render/display_width.hpp"

#include <clocale>
#include <gtest/gtest.h>

using otherend::render::cut_to_width;
using otherend::render::display_width;
using otherend::render::is_ascii;

TEST(DisplayWidth, CountsTerminalColumns) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("/run/x.sock"), 11U);
    EXPECT_EQ(display_width("café"), 4U);
    EXPECT_EQ(display_width("中文"), 4U);
    EXPECT_EQ(display_width("🐳"), 2U);
    EXPECT_EQ(display_width("e\u0301"), 1U) << "a combining mark takes no column";
    EXPECT_EQ(display_width("×…"), 2U);
}

TEST(DisplayWidth, DoesNotDependOnTheLocale) {
    ASSERT_STREQ(std::setlocale(LC_ALL, "C"), "C");
    EXPECT_EQ(display_width("中文"), 4U);
}

TEST(DisplayWidth, CountsWhatIsNotUtf8AsOneColumnAByte) {
    EXPECT_EQ(display_width("\xff\xfe"), 2U);
    EXPECT_EQ(cut_to_width("\xff\xfe", 1), "\xff");
}

TEST(DisplayWidth, IsCutBetweenCharacters) {
    EXPECT_EQ(cut_to_width("socket", 4), "sock");
    EXPECT_EQ(cut_to_width("socket", 99), "socket");
    EXPECT_EQ(cut_to_width("socket", 0), "");
    EXPECT_EQ(cut_to_width("中文名", 4), "中文");
    EXPECT_EQ(cut_to_width("中文名", 5), "中文") << "half a character does not fit";
    EXPECT_EQ(cut_to_width("e\u0301a", 1), "e\u0301") << "marks stay with their letter";
}

TEST(DisplayWidth, KnowsAsciiAtAnyLength) {
    std::string text;
    for (int length = 0; length < 40; ++length, text += 'x') {
        EXPECT_TRUE(is_ascii(text));
        for (std::size_t at = 0; at < text.size(); ++at) {
            std::string other = text;
            other[at] = '\x80';
            EXPECT_FALSE(is_ascii(other)) << length << ' ' << at;
        }
    }
}
