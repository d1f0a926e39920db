// SPDX-License-Identifier: MIT
// Records in a row: whole, cut anywhere, or impossible.
#include "kernel/decode.hpp"

#include "bytes.hpp"
#include "fact_text.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace otherend::kernel {
namespace {

using model::Fact;
using namespace std::string_view_literals;

using Texts = std::vector<std::string>;

Texts decode(Decoder& decoder, std::span<const std::byte> bytes) {
    Texts texts;
    decoder.feed(bytes, [&](const Fact& fact) { texts.push_back(fact_text(fact)); });
    return texts;
}

std::uint64_t malformed_in(const Bytes& bytes) {
    Decoder decoder;
    EXPECT_EQ(decode(decoder, bytes), Texts{});
    return decoder.malformed();
}

// One record of each kind, as a stream.
Bytes one_of_each() {
    Bytes bytes = bytes_of(a_holder());
    bytes += socket_bytes(a_socket(), "\0abstract"sv);
    bytes += bytes_of(oe_inflight{.carrier = 1, .sock = 2, .inode = 3});
    bytes += bytes_of(oe_waiter{.tgid = 4, .sock = 5, .tid = 6});
    bytes += bytes_of(oe_queued{.listener = 7, .embryo = 8});
    bytes += bytes_of(oe_ring{.tgid = 11, .tid = 12, .fd = 13});
    bytes += bytes_of(oe_ring_file{.tgid = 11, .fd = 13, .sock = 14, .inode = 15});
    bytes += socket_bytes(a_socket(), "/run/x.sock");
    auto detail = a_detail();
    detail.flags =
        OE_DETAIL_PATH_WHOLE | OE_DETAIL_RX_KNOWN | OE_DETAIL_FDS_CUT; // which is a fact of its own
    bytes += detail_bytes(detail, "x.sock\0run\0"sv);
    return bytes;
}

// -- streams ------------------------------------------------------------------------------------------------

TEST(DecodeStream, NothingIsNothing) {
    Decoder decoder;
    EXPECT_EQ(decode(decoder, {}), Texts{});
    EXPECT_EQ(decoder.malformed(), 0U);
}

TEST(DecodeStream, RecordsAreReportedInTheirOrder) {
    Bytes bytes;
    Texts expected;
    for (int i = 0; i < 10'000; ++i) {
        auto record = bytes_of(oe_ring{.tgid = i, .tid = i + 1, .fd = i + 2});
        bytes += record;
        expected.push_back(text(model::RingFact{Pid{i}, Pid{i + 1}, i + 2}));
    }
    Decoder decoder;
    EXPECT_EQ(decode(decoder, bytes), expected);
    EXPECT_EQ(decoder.malformed(), 0U);
}

TEST(DecodeStream, StreamCutAnywhereIsReadAsOne) {
    const auto bytes = one_of_each();
    Decoder whole;
    const auto expected = decode(whole, bytes);
    ASSERT_EQ(expected.size(), 10U);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        Decoder decoder;
        auto texts = decode(decoder, std::span(bytes).first(cut));
        for (auto& later : decode(decoder, std::span(bytes).subspan(cut)))
            texts.push_back(std::move(later));
        EXPECT_EQ(texts, expected) << "cut at " << cut;
        EXPECT_EQ(decoder.malformed(), 0U) << "cut at " << cut;
    }
}

TEST(DecodeStream, StreamFedByteByByteIsReadAsOne) {
    const auto bytes = one_of_each();
    Decoder whole, decoder;
    Texts texts;
    for (const auto& byte : bytes)
        for (auto& fact : decode(decoder, std::span(&byte, 1)))
            texts.push_back(std::move(fact));
    EXPECT_EQ(texts, decode(whole, bytes));
    EXPECT_EQ(decoder.malformed(), 0U);
}

TEST(DecodeStream, WhatIsLeftWhenTheStreamEndsIsCountedOnce) {
    for (const auto& bytes :
         {bytes_of(a_holder()), socket_bytes(a_socket(), "name"), detail_bytes(a_detail(), "leaf\0"sv),
          bytes_of(oe_inflight{}), bytes_of(oe_waiter{}), bytes_of(oe_queued{}), bytes_of(oe_ring{}),
          bytes_of(oe_ring_file{})})
        for (std::size_t length = 1; length < bytes.size(); ++length) {
            // In a block of its own, so that a sanitizer sees the first byte read too many.
            const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
            EXPECT_EQ(malformed_in(part), 1U) << "first " << length << " of " << bytes.size();
        }
}

// -- what cannot be true --------------------------------------------------------------------------------------

TEST(DecodeStream, UnknownKindIsCountedAndPassedOver) {
    for (const oe_u16 kind : {oe_u16{0}, oe_u16{OE_END}, oe_u16{10}, oe_u16{0xffff}}) {
        Bytes bytes = raw_record(kind, 20);
        bytes += bytes_of(oe_ring{.fd = 3});
        Decoder decoder;
        EXPECT_EQ(decode(decoder, bytes).size(), 1U) << kind;
        EXPECT_EQ(decoder.malformed(), 1U) << kind;
    }
}

TEST(DecodeStream, RecordShorterThanItsKindIsCountedAndPassedOver) {
    const std::pair<oe_u16, std::size_t> kinds[] = {
        {OE_HOLDER, sizeof(oe_holder)},     {OE_SOCKET, sizeof(oe_socket)},
        {OE_INFLIGHT, sizeof(oe_inflight)}, {OE_WAITER, sizeof(oe_waiter)},
        {OE_QUEUED, sizeof(oe_queued)},     {OE_RING, sizeof(oe_ring)},
        {OE_DETAIL, sizeof(oe_detail)},     {OE_RING_FILE, sizeof(oe_ring_file)}};
    for (const auto& [kind, whole] : kinds)
        for (std::size_t size = sizeof(oe_record); size < whole; ++size) {
            Bytes bytes = raw_record(kind, static_cast<oe_u16>(size));
            bytes += bytes_of(oe_ring{.fd = 3});
            Decoder decoder;
            EXPECT_EQ(decode(decoder, bytes).size(), 1U) << kind << " of " << size;
            EXPECT_EQ(decoder.malformed(), 1U) << kind << " of " << size;
        }
}

TEST(DecodeStream, RecordLongerThanItsKindIsCountedAndPassedOver) {
    for (const oe_u16 kind : {OE_HOLDER, OE_INFLIGHT, OE_WAITER, OE_QUEUED, OE_RING, OE_RING_FILE})
        EXPECT_EQ(malformed_in(raw_record(kind, 96)), 1U) << kind;
}

TEST(DecodeStream, NameThatDoesNotFillTheRecordIsRefused) {
    const auto refused = [](oe_u16 name_len, std::string_view tail) {
        auto record = a_socket();
        record.name_len = name_len;
        return malformed_in(bytes_of(record, tail));
    };
    EXPECT_EQ(refused(4, "abc"), 1U);
    EXPECT_EQ(refused(2, "abc"), 1U);
    EXPECT_EQ(refused(0, "abc"), 1U);
    EXPECT_EQ(refused(3, ""), 1U);
    EXPECT_EQ(refused(0xffff, "abc"), 1U);
}

TEST(DecodeStream, PathThatDoesNotFillTheRecordIsRefused) {
    const auto refused = [](oe_u32 path_len, std::string_view tail) {
        auto record = a_detail();
        record.flags = OE_DETAIL_PATH_WHOLE | OE_DETAIL_WAITERS_CUT; // nor is what it was to say of the walks
        record.path_len = path_len;
        return malformed_in(bytes_of(record, tail));
    };
    EXPECT_EQ(refused(4, "abc"), 1U);
    EXPECT_EQ(refused(2, "abc"), 1U);
    EXPECT_EQ(refused(0, "abc"), 1U);
    EXPECT_EQ(refused(3, ""), 1U);
    EXPECT_EQ(refused(0xffffffff, "abc"), 1U);
    EXPECT_EQ(refused(0x10003, "abc"), 1U); // 3 in 16 bits
}

TEST(DecodeStream, SizeThatCannotHoldAHeaderEndsTheStreamWhereverItIsCut) {
    for (const oe_u16 size : {0, 1, 2, 3}) {
        Bytes bytes = bytes_of(oe_ring{.fd = 3});
        bytes += raw_record(OE_RING, size);
        bytes += bytes_of(oe_ring{.fd = 4});
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            Decoder decoder;
            const auto first = decode(decoder, std::span(bytes).first(cut));
            const auto second = decode(decoder, std::span(bytes).subspan(cut));
            EXPECT_EQ(first.size() + second.size(), 1U) << size << " cut at " << cut;
            EXPECT_EQ(decoder.malformed(), 1U) << size << " cut at " << cut;
        }
    }
}

} // namespace
} // namespace otherend::kernel
