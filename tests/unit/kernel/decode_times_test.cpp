// SPDX-License-Identifier: MIT
#include "kernel/decode_channel.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace otherend::kernel {
namespace {

Tcp told(const oe_inet& record) {
    Tcp tcp;
    EXPECT_TRUE(report(record, [&](const model::Fact& fact) { tcp = std::get<model::InetFact>(fact).tcp; }));
    return tcp;
}

TEST(DecodeInet, AgesThatAreNotKnownAreAbsent) {
    oe_inet record{.flags = OE_INET_FULL | OE_INET_CONNECTION, .what = OE_TCP, .state = 1};
    EXPECT_EQ(told(record).unanswered_ms, std::nullopt);
    EXPECT_EQ(told(record).last_read_ms, std::nullopt);
    record.unanswered_ms = 12;
    record.last_read_ms = 34;
    EXPECT_EQ(told(record).unanswered_ms, 12U);
    EXPECT_EQ(told(record).last_read_ms, 34U);
}

TEST(DecodeInet, ARequestCountsWhatWasSentAgainBesidesItsTimer) {
    const oe_inet record{.what = OE_TCP, .state = 12, .timer = 1, .retries = 3, .retransmits = 2};
    const auto tcp = told(record);
    EXPECT_EQ(tcp.retransmits, 2U);
    ASSERT_TRUE(tcp.timer);
    EXPECT_EQ(tcp.timer->retries, 3U);
    auto time_wait = record;
    time_wait.state = 6;
    EXPECT_EQ(told(time_wait).retransmits, std::nullopt);
}

} // namespace
} // namespace otherend::kernel
