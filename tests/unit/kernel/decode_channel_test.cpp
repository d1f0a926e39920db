// SPDX-License-Identifier: MIT
// What the records about TCP, UDP, ptys and pipes say.
#include "kernel/decode_channel.hpp"

#include "base/ip_text.hpp"
#include "bytes.hpp"
#include "kernel/decode.hpp"
#include "kernel/ticks.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

namespace otherend::kernel {
namespace {

using model::SocketRef;

constexpr oe_u32 every_flag = OE_INET_OPEN | OE_INET_DUAL | OE_INET_FULL | OE_INET_CONNECTION;

void put_address(oe_u8 (&bytes)[16], std::string_view text) {
    std::ranges::copy(parse_ip_address(text).value().bytes, bytes);
}

// With another number in every field.
oe_inet an_inet() {
    oe_inet record{.flags = every_flag,
                   .sock = 0xffff888000000400,
                   .inode = 70001,
                   .cookie = 0x1'0000'0007,
                   .listener = 0xffff888000001000,
                   .cgroup = 0x2'0000'0009,
                   .jiffies = 0x1'0000'1000,
                   .local_port = 5432,
                   .remote_port = 1234,
                   .interface = 3,
                   .netns = 4026531840,
                   .uid = 33,
                   .rx_bytes = 13,
                   .tx_bytes = 14,
                   .queue_len = 11,
                   .max_backlog = 12,
                   .sent_from = 4000000001,
                   .received_from = 4000000002,
                   .total_retransmits = 20,
                   .rtt_us = 21,
                   .rtt_variance_us = 22,
                   .congestion_window = 23,
                   .send_window = 24,
                   .memory = 25,
                   .bytes_acked = 0x3'0000'0001,
                   .bytes_received = 0x3'0000'0002,
                   .last_sent = 0x0f00,
                   .last_received = 0x0e00,
                   .last_ack = 0x0d00,
                   .timer_expires = 0x1200,
                   .what = OE_TCP,
                   .state = 1,
                   .timer = 4,
                   .retries = 26,
                   .retransmits = 27,
                   .congestion = "cubic"};
    put_address(record.local, "10.0.0.1");
    put_address(record.remote, "2001:db8::2");
    return record;
}

std::optional<model::InetFact> told(const oe_inet& record) {
    std::optional<model::InetFact> found;
    report(record, [&](const model::Fact& fact) {
        if (const auto* inet = std::get_if<model::InetFact>(&fact))
            found = *inet;
    });
    return found;
}

std::uint32_t ms(std::uint64_t ticks) {
    return static_cast<std::uint32_t>(ticks * 1000 / ticks_per_second());
}

TEST(DecodeChannel, ConnectionKeepsEveryField) {
    const auto fact = told(an_inet()).value();
    EXPECT_EQ(fact.source, model::Source::bpf);
    EXPECT_EQ(fact.socket, (SocketRef{SockAddress{0xffff888000000400}, Inode{70001}}));
    EXPECT_EQ(fact.kind, Kind::tcp);
    EXPECT_EQ(fact.netns, NetnsId{4026531840});
    EXPECT_EQ(endpoint_text(fact.local), "10.0.0.1:5432");
    EXPECT_EQ(endpoint_text(fact.remote.value()), "[2001:db8::2]:1234");
    EXPECT_EQ(fact.open, true);
    EXPECT_EQ(fact.listener, SockAddress{0xffff888000001000});
    EXPECT_EQ(fact.cookie, Cookie{0x1'0000'0007});
    EXPECT_EQ(fact.rx_bytes, 13U);
    EXPECT_EQ(fact.tx_bytes, 14U);
    EXPECT_EQ(fact.uid, 33U);
    EXPECT_EQ(fact.cgroup, 0x2'0000'0009U);
    EXPECT_EQ(fact.sequence, (model::TcpSequence{4000000001, 4000000002}));
}

TEST(DecodeChannel, ConnectionKeepsEverythingThatTcpKnows) {
    const auto tcp = told(an_inet()).value().tcp;
    EXPECT_EQ(tcp.state, TcpState::established);
    EXPECT_EQ(tcp.timer, (TcpTimer{TcpTimerKind::probe, ms(0x200), 26}));
    EXPECT_EQ(tcp.retransmits, 27U);
    EXPECT_EQ(tcp.total_retransmits, 20U);
    EXPECT_EQ(tcp.rtt_us, 21U);
    EXPECT_EQ(tcp.rtt_variance_us, 22U);
    EXPECT_EQ(tcp.congestion_window, 23U);
    EXPECT_EQ(tcp.send_window, 24U);
    EXPECT_EQ(tcp.memory, 25U);
    EXPECT_EQ(tcp.bytes_acked, 0x3'0000'0001U);
    EXPECT_EQ(tcp.bytes_received, 0x3'0000'0002U);
    EXPECT_EQ(tcp.last_sent_ms, ms(0x100));
    EXPECT_EQ(tcp.last_received_ms, ms(0x200));
    EXPECT_EQ(tcp.last_ack_ms, ms(0x300));
    EXPECT_EQ(tcp.congestion, "cubic");
}

TEST(DecodeChannel, WhatTheFlagsDoNotPromiseIsAbsent) {
    auto record = an_inet();
    record.flags = 0;
    const auto fact = told(record).value();
    EXPECT_EQ(fact.open, false);
    EXPECT_EQ(fact.rx_bytes, std::nullopt);
    EXPECT_EQ(fact.tx_bytes, std::nullopt);
    EXPECT_EQ(fact.sequence, std::nullopt);
    EXPECT_EQ(fact.tcp.memory, std::nullopt);
    EXPECT_EQ(fact.tcp.retransmits, std::nullopt);
    EXPECT_EQ(fact.tcp.rtt_us, std::nullopt);
    EXPECT_EQ(fact.tcp.bytes_acked, std::nullopt);
    EXPECT_EQ(fact.tcp.last_ack_ms, std::nullopt);
    EXPECT_EQ(fact.tcp.congestion, "");
    EXPECT_EQ(fact.tcp.state, TcpState::established);
    EXPECT_TRUE(fact.tcp.timer) << "time-wait has one, too";
}

TEST(DecodeChannel, ZeroIsNoMeasurement) {
    auto record = an_inet();
    record.rtt_us = record.rtt_variance_us = record.last_sent = record.last_received = record.last_ack = 0;
    record.cgroup = record.timer = record.remote_port = 0;
    const auto fact = told(record).value();
    EXPECT_EQ(fact.tcp.rtt_us, std::nullopt);
    EXPECT_EQ(fact.tcp.rtt_variance_us, std::nullopt);
    EXPECT_EQ(fact.tcp.last_sent_ms, std::nullopt);
    EXPECT_EQ(fact.tcp.last_received_ms, std::nullopt);
    EXPECT_EQ(fact.tcp.last_ack_ms, std::nullopt);
    EXPECT_EQ(fact.tcp.timer, std::nullopt);
    EXPECT_EQ(fact.cgroup, std::nullopt);
    EXPECT_EQ(fact.remote, std::nullopt);
}

TEST(DecodeChannel, ListenerHasABacklogAndNoBytes) {
    auto record = an_inet();
    record.state = 10;
    record.flags = OE_INET_OPEN | OE_INET_FULL;
    const auto fact = told(record).value();
    EXPECT_EQ(fact.queue_length, 11U);
    EXPECT_EQ(fact.backlog_limit, 12U);
    EXPECT_EQ(fact.rx_bytes, std::nullopt);
    EXPECT_EQ(fact.tx_bytes, std::nullopt);
    EXPECT_EQ(told(an_inet())->queue_length, std::nullopt);
}

TEST(DecodeChannel, OnlyAListenerOnEveryAddressIsDualStack) {
    auto record = an_inet();
    put_address(record.local, "::");
    EXPECT_FALSE(told(record)->tcp.dual_stack) << "connected";
    record.state = static_cast<oe_u8>(TcpState::listen);
    record.remote_port = 0;
    EXPECT_TRUE(told(record)->tcp.dual_stack);
    record.flags &= ~static_cast<oe_u32>(OE_INET_DUAL);
    EXPECT_FALSE(told(record)->tcp.dual_stack) << "IPV6_V6ONLY";
    record.flags |= OE_INET_DUAL;
    put_address(record.local, "10.0.0.1");
    EXPECT_FALSE(told(record)->tcp.dual_stack) << "bound to one address";
}

TEST(DecodeChannel, ScopeBelongsToLinkLocalAddressesAlone) {
    for (const auto* address : {"fe80::1", "febf::1"}) {
        auto record = an_inet();
        put_address(record.local, address);
        EXPECT_EQ(told(record)->local.scope, 3U) << address;
        EXPECT_EQ(told(record)->remote->scope, 0U) << address;
        put_address(record.remote, address);
        EXPECT_EQ(told(record)->remote->scope, 3U) << address;
    }
    for (const auto* address : {"fec0::1", "fe7f::1", "ff80::1", "::", "169.254.0.1"}) { // bound to a device
        auto record = an_inet();
        put_address(record.local, address);
        EXPECT_EQ(told(record)->local.scope, 0U) << address;
    }
}

// The kernel's clock passes 32 bits five minutes after the start, and again every 50 days at 1000 ticks a second.
TEST(DecodeChannel, TimesAreRightWhileTheClockWraps) {
    auto record = an_inet();
    record.jiffies = 0x1'0000'0005;
    record.last_sent = 0xfffffffb;
    record.timer_expires = 0x00000105;
    EXPECT_EQ(told(record)->tcp.last_sent_ms, ms(10));
    EXPECT_EQ(told(record)->tcp.timer->expires_ms, ms(0x100));
    record.jiffies = 0xffff'fffe;
    record.timer_expires = 8;
    EXPECT_EQ(told(record)->tcp.timer->expires_ms, ms(10));
}

// The record is filled while the clock goes on.
TEST(DecodeChannel, TimesTheWrongWayRoundAreNow) {
    auto record = an_inet();
    record.last_sent = 0x1001;
    record.timer_expires = 0x0fff;
    EXPECT_EQ(told(record)->tcp.last_sent_ms, 0U);
    EXPECT_EQ(told(record)->tcp.timer->expires_ms, 0U);
}

TEST(DecodeChannel, CongestionEndsAtItsFirstNulOrItsLastByte) {
    auto record = an_inet();
    std::ranges::fill(record.congestion, 'x');
    EXPECT_EQ(told(record)->tcp.congestion, std::string(16, 'x'));
}

TEST(DecodeChannel, QueueThatWasCutIsUnseen) {
    auto record = an_inet();
    record.flags |= OE_INET_CUT;
    int unseen = 0;
    EXPECT_TRUE(report(record, [&](const model::Fact& fact) {
        unseen += std::holds_alternative<model::UnseenFact>(fact) ? 1 : 0;
    }));
    EXPECT_EQ(unseen, 1);
}

TEST(DecodeChannel, PtyKeepsEveryField) {
    const oe_pty record{
        .tty = 0xffff888000000400, .link = 0xffff888000000800, .index = 7, .device = 24, .type = OE_SLAVE};
    for (const oe_u32 flags : {0, 1}) {
        auto with_flags = record;
        with_flags.flags = flags;
        std::optional<model::PtyFact> fact;
        EXPECT_TRUE(report(with_flags, [&](const model::Fact& f) { fact = std::get<model::PtyFact>(f); }));
        ASSERT_TRUE(fact);
        EXPECT_EQ(fact->end, (SocketRef{SockAddress{0xffff888000000400}, {}}));
        EXPECT_EQ(fact->other, (SocketRef{SockAddress{0xffff888000000800}, {}}));
        EXPECT_EQ(fact->type, EndpointType::slave);
        EXPECT_EQ(fact->index, 7U);
        EXPECT_EQ(fact->device, 24U);
        EXPECT_EQ(fact->other_open, flags != 0);
    }
}

TEST(DecodeChannel, PipeIsOneObjectWithTwoEnds) {
    oe_pipe record{.flags = OE_END_OTHER_OPEN,
                   .pipe = 0xffff888000000400,
                   .inode = 81,
                   .tgid = 100,
                   .fd = 5,
                   .device = 13,
                   .type = OE_READ,
                   .is_fifo = 1};
    constexpr SocketRef read{SockAddress{0xffff888000000400}, Inode{81}},
        write{SockAddress{0xffff888000000401}, Inode{81}};
    std::optional<model::PipeFact> fact;
    const auto keep = [&](const model::Fact& f) { fact = std::get<model::PipeFact>(f); };
    EXPECT_TRUE(report(record, keep));
    ASSERT_TRUE(fact);
    EXPECT_EQ(fact->end, read);
    EXPECT_EQ(fact->other, write);
    EXPECT_EQ(fact->type, EndpointType::read);
    EXPECT_EQ(fact->device, 13U);
    EXPECT_EQ(fact->other_open, true);
    EXPECT_TRUE(fact->is_fifo);
    EXPECT_EQ(fact->pid, Pid{100});
    EXPECT_EQ(fact->fd, 5);
    record.type = OE_WRITE;
    record.flags = record.is_fifo = 0;
    EXPECT_TRUE(report(record, keep));
    EXPECT_EQ(fact->end, write);
    EXPECT_EQ(fact->other, read);
    EXPECT_EQ(fact->type, EndpointType::write);
    EXPECT_EQ(fact->other_open, false);
    EXPECT_FALSE(fact->is_fifo);
}

TEST(DecodeChannel, RecordThatCannotBeTrueIsRefusedAndCounted) {
    const auto changed = [](auto record, auto field, int value) {
        record.*field = static_cast<oe_u8>(value);
        return bytes_of(record);
    };
    const std::vector<Bytes> bad = {
        changed(an_inet(), &oe_inet::what, OE_UNIX), changed(an_inet(), &oe_inet::what, OE_A_PTY),
        changed(an_inet(), &oe_inet::timer, 5),      changed(an_inet(), &oe_inet::state, 0),
        changed(an_inet(), &oe_inet::state, 13),     changed(oe_pty{}, &oe_pty::type, OE_READ),
        changed(oe_pty{}, &oe_pty::type, 0),         changed(oe_pipe{}, &oe_pipe::type, OE_SLAVE),
        changed(oe_pipe{}, &oe_pipe::type, 20),      raw_record(OE_INET, sizeof(oe_inet) - 1),
        raw_record(OE_PTY, sizeof(oe_pty) + 1),      raw_record(OE_PIPE, sizeof(oe_record)),
    };
    Decoder decoder;
    int facts = 0;
    for (std::size_t i = 0; i < bad.size(); ++i) {
        decoder.feed(bad[i], [&](const model::Fact&) { ++facts; });
        EXPECT_EQ(decoder.malformed(), i + 1);
        decoder.feed(changed(oe_pipe{}, &oe_pipe::type, OE_READ), [&](const model::Fact&) { ++facts; });
    }
    EXPECT_EQ(facts, static_cast<int>(bad.size())) << "those between them";
}

TEST(DecodeChannel, EveryRecordIsReachedThroughTheStream) {
    auto stream = bytes_of(an_inet());
    stream += bytes_of(oe_pty{.type = OE_MASTER});
    stream += bytes_of(oe_pipe{.type = OE_WRITE});
    std::vector<std::size_t> kinds;
    Decoder decoder;
    decoder.feed(stream, [&](const model::Fact& fact) { kinds.push_back(fact.index()); });
    EXPECT_EQ(kinds,
              (std::vector{model::Fact(model::InetFact{}).index(), model::Fact(model::PtyFact{}).index(),
                           model::Fact(model::PipeFact{}).index()}));
    EXPECT_EQ(decoder.malformed(), 0U);
}

} // namespace
} // namespace otherend::kernel
