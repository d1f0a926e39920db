// SPDX-License-Identifier: MIT
#include "cli/patience.hpp"

#include <gtest/gtest.h>

namespace otherend::cli {
namespace {

using std::chrono::milliseconds;

TEST(Patience, OneNumberIsForEverything) {
    for (const auto& [text, ms] : {std::pair{"1", 1000}, {"0.25", 250}, {"3600", 3600000}, {"0.0001", 1}}) {
        const auto patience = parse_patience(text);
        ASSERT_TRUE(patience) << text;
        const milliseconds all(ms);
        EXPECT_EQ(*patience, (Patience{all, all, all, all, all})) << text;
    }
}

TEST(Patience, ANameIsForItsReasonAndTheRestKeepsItsDefault) {
    Patience wanted;
    wanted.unread = milliseconds(10000);
    wanted.syn = milliseconds(1500);
    EXPECT_EQ(parse_patience("unread=10,syn=1.5"), wanted);
    EXPECT_EQ(parse_patience("retransmit=1,window=2,half-closed=3"),
              (Patience{.retransmit = milliseconds(1000),
                        .window = milliseconds(2000),
                        .half_closed = milliseconds(3000)}));
}

TEST(Patience, ThePartsAreTakenFromLeftToRight) {
    const milliseconds two(2000);
    EXPECT_EQ(parse_patience("2,half-closed=300"), (Patience{two, two, two, two, milliseconds(300000)}));
    EXPECT_EQ(parse_patience("half-closed=300,2"), (Patience{two, two, two, two, two}));
}

TEST(Patience, WhatIsNotUnderstoodIsNamed) {
    for (const auto* text : {"", "0", "-1", "x", "nan", "inf", "1e7", "5s", " 5", "unread",
                             "unread=", "unread=0", "=5", "read=5", "1,", ",1", "unread=5,", "unread=1=2"}) {
        const auto patience = parse_patience(text);
        ASSERT_FALSE(patience) << text;
        EXPECT_EQ(patience.error().kind, ErrorClass::usage);
        EXPECT_TRUE(patience.error().message.contains("SECONDS")) << patience.error().message;
    }
    EXPECT_TRUE(parse_patience("syn=2,read=5").error().message.contains("'read=5'"));
    EXPECT_TRUE(parse_patience("a\nb").error().message.contains("'a\\nb'"));
}

} // namespace
} // namespace otherend::cli
