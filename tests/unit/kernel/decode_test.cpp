// SPDX-License-Identifier: MIT
#include "kernel/decode.hpp"

#include "bytes.hpp"
#include "fact_text.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

namespace otherend::kernel {
namespace {

using model::Fact;
using model::SocketRef;
using namespace std::string_literals;
using namespace std::string_view_literals;

using Texts = std::vector<std::string>;

Texts decode(Decoder& decoder, std::span<const std::byte> bytes) {
    Texts texts;
    decoder.feed(bytes, [&](const Fact& fact) { texts.push_back(text(fact)); });
    return texts;
}

// The facts of bytes that live as long as the facts are looked at.
template <typename Wanted> std::vector<Wanted> facts_in(const Bytes& bytes) {
    Decoder decoder;
    std::vector<Wanted> facts;
    decoder.feed(bytes, [&](const Fact& fact) {
        if (const auto* wanted = std::get_if<Wanted>(&fact))
            facts.push_back(*wanted);
    });
    EXPECT_EQ(decoder.malformed(), 0U);
    return facts;
}

// The only fact of its kind. Its views point into `bytes`.
template <typename Wanted> Wanted fact_in(const Bytes& bytes) {
    const auto facts = facts_in<Wanted>(bytes);
    EXPECT_EQ(facts.size(), 1U);
    return facts.empty() ? Wanted{} : facts.front();
}

std::uint64_t malformed_in(const Bytes& bytes) {
    Decoder decoder;
    EXPECT_EQ(decode(decoder, bytes), Texts{});
    return decoder.malformed();
}

constexpr oe_u32 every_flag = 0x7ff;

oe_socket a_socket() {
    return {.flags = OE_SOCKET_OPEN | OE_SOCKET_FILE,
            .sock = 0xffff888000000400,
            .inode = 70001,
            .peer = 0xffff888000000800,
            .peer_inode = 70002,
            .peer_peer = 0xffff888000000c00,
            .listener = 0xffff888000001000,
            .address = 0xffff888000001400,
            .cookie = 0x1'0000'0007,
            .file_inode = 0x2'0000'0009,
            .file_dev = 8U << 20 | 3,
            .netns = 4026531840,
            .queue_len = 11,
            .max_backlog = 12,
            .rx_bytes = 13,
            .tx_bytes = 14,
            .inflight_fds = 15,
            .cred_pid = 16,
            .cred_uid = 4294967294,
            .type = 5,
            .state = 10};
}

oe_holder a_holder(std::string_view comm = "nginx") {
    oe_holder record{.tgid = 100,
                     .tid = 101,
                     .fd = 5,
                     .uid = 33,
                     .task_netns = 4026531841,
                     .files = 0xffff888200000040,
                     .sock = 0xffff888000000400,
                     .inode = 70001,
                     .peer = 0xffff888000000800,
                     .sock_netns = 4026531842};
    comm.copy(record.comm, sizeof record.comm);
    return record;
}

// One record of each kind, as a stream.
Bytes one_of_each() {
    Bytes bytes = bytes_of(a_holder());
    bytes += socket_bytes(a_socket(), "\0abstract"sv);
    bytes += bytes_of(oe_inflight{.carrier = 1, .sock = 2, .inode = 3});
    bytes += bytes_of(oe_waiter{.tgid = 4, .sock = 5, .tid = 6});
    bytes += bytes_of(oe_queued{.listener = 7, .embryo = 8, .client = 9, .client_inode = 10});
    bytes += bytes_of(oe_ring{.tgid = 11, .tid = 12, .fd = 13});
    bytes += socket_bytes(a_socket(), "/run/x.sock", "x.sock\0run\0"sv);
    return bytes;
}

// -- what each record says ----------------------------------------------------------------------------------

TEST(Decode, HolderKeepsEveryField) {
    const auto bytes = bytes_of(a_holder());
    const auto fact = fact_in<model::HolderFact>(bytes);
    EXPECT_EQ(fact.source, model::Source::bpf);
    EXPECT_EQ(fact.socket, (SocketRef{SockAddress{0xffff888000000400}, Inode{70001}}));
    EXPECT_EQ(fact.pid, Pid{100});
    EXPECT_EQ(fact.tid, Pid{101});
    EXPECT_EQ(fact.table, 0xffff888200000040U);
    EXPECT_EQ(fact.fd, 5);
    EXPECT_EQ(fact.uid, 33U);
    EXPECT_EQ(fact.netns, NetnsId{4026531841});
    EXPECT_EQ(fact.socket_netns, NetnsId{4026531842});
    EXPECT_EQ(fact.peer, SockAddress{0xffff888000000800});
    EXPECT_EQ(fact.comm, "nginx");
}

TEST(Decode, CommEndsAtItsFirstNulOrItsLastByte) {
    for (const auto comm : {""sv, "a"sv, "fifteen letters"sv, "sixteen letters!"sv}) {
        const auto bytes = bytes_of(a_holder(comm));
        EXPECT_EQ(fact_in<model::HolderFact>(bytes).comm, comm);
    }
    const auto stale = bytes_of(a_holder("new\0leftover"sv));
    EXPECT_EQ(fact_in<model::HolderFact>(stale).comm, "new");
}

TEST(Decode, SocketKeepsEveryField) {
    const auto bytes = socket_bytes(a_socket(), "name");
    const auto fact = fact_in<model::SocketFact>(bytes);
    EXPECT_EQ(fact.source, model::Source::bpf);
    EXPECT_EQ(fact.socket, (SocketRef{SockAddress{0xffff888000000400}, Inode{70001}}));
    EXPECT_EQ(fact.peer, (SocketRef{SockAddress{0xffff888000000800}, Inode{70002}}));
    EXPECT_EQ(fact.peer_peer, SockAddress{0xffff888000000c00});
    EXPECT_EQ(fact.listener, SockAddress{0xffff888000001000});
    EXPECT_EQ(fact.address_id, 0xffff888000001400U);
    EXPECT_EQ(fact.cookie, Cookie{0x1'0000'0007});
    EXPECT_EQ(fact.netns, NetnsId{4026531840});
    EXPECT_EQ(fact.queue_length, 11U);
    EXPECT_EQ(fact.backlog_limit, 12U);
    EXPECT_EQ(fact.tx_bytes, 14U);
    EXPECT_EQ(fact.type, 5);
    EXPECT_EQ(fact.tcp_state, 10);
    EXPECT_EQ(fact.uid, std::nullopt);
    EXPECT_TRUE(fact.waiting.empty());
}

TEST(Decode, EachFlagOfASocketSaysOneThing) {
    const auto fact_with = [](oe_u32 flags) {
        auto record = a_socket();
        record.flags = flags;
        auto fact = fact_in<model::SocketFact>(socket_bytes(record, ""));
        fact.file->components = {}; // the bytes are gone
        return fact;
    };
    const auto none = fact_with(0), all = fact_with(every_flag);
    const auto differs_in = [&](auto field) {
        oe_u32 flags = 0;
        for (oe_u32 bit = 1; bit < every_flag; bit <<= 1)
            if (field(fact_with(bit)) != field(none)) {
                EXPECT_EQ(field(fact_with(bit)), field(all));
                EXPECT_EQ(field(fact_with(every_flag & ~bit)), field(none));
                flags |= bit;
            }
        return flags;
    };
    using Socket = const model::SocketFact&;
    EXPECT_EQ(differs_in([](Socket s) { return s.open; }), OE_SOCKET_OPEN);
    EXPECT_EQ(differs_in([](Socket s) { return s.has_file; }), OE_SOCKET_FILE);
    EXPECT_EQ(differs_in([](Socket s) { return s.peer_open; }), OE_SOCKET_PEER_OPEN);
    EXPECT_EQ(differs_in([](Socket s) { return s.peer_is_unix; }), OE_SOCKET_PEER_UNIX);
    EXPECT_EQ(differs_in([](Socket s) { return s.file->linked; }), OE_SOCKET_UNHASHED);
    EXPECT_EQ(differs_in([](Socket s) { return s.file->whole; }), OE_SOCKET_PATH_WHOLE);
    EXPECT_EQ(differs_in([](Socket s) { return s.peer_credentials.has_value(); }), OE_SOCKET_CREDENTIALS);
    EXPECT_EQ(differs_in([](Socket s) { return s.rx_bytes; }), OE_SOCKET_RX_KNOWN);
}

TEST(Decode, FlagMeansYes) {
    auto record = a_socket();
    record.flags = every_flag;
    const auto bytes = socket_bytes(record, "");
    const auto fact = fact_in<model::SocketFact>(bytes);
    EXPECT_EQ(fact.open, true);
    EXPECT_EQ(fact.has_file, true);
    EXPECT_EQ(fact.peer_open, true);
    EXPECT_EQ(fact.peer_is_unix, true);
    EXPECT_EQ(fact.file->linked, false);
    EXPECT_EQ(fact.file->whole, true);
    EXPECT_EQ(fact.rx_bytes, 13U);
    EXPECT_EQ(fact.peer_credentials->pid, Pid{16});
    EXPECT_EQ(fact.peer_credentials->uid, 4294967294U);
}

TEST(Decode, WalkThatWasCutShortIsReportedAsUnseen) {
    const std::pair<oe_u32, std::string_view> cuts[] = {
        {OE_SOCKET_FDS_CUT, "descriptors in flight"},
        {OE_SOCKET_WAITERS_CUT, "tasks waiting for a socket"},
        {OE_SOCKET_BACKLOG_CUT, "connections waiting for accept"},
    };
    EXPECT_EQ(facts_in<model::UnseenFact>(socket_bytes(a_socket(), "")).size(), 0U);
    for (const auto& [flag, what] : cuts) {
        auto record = a_socket();
        record.flags = flag;
        const auto fact = fact_in<model::UnseenFact>(socket_bytes(record, ""));
        EXPECT_EQ(fact.what, what);
        EXPECT_FALSE(fact.why.empty());
        EXPECT_EQ(fact.count, 1U);
    }
}

TEST(Decode, SocketWithoutPeerIsKnownToHaveNone) {
    auto record = a_socket();
    record.peer = record.peer_inode = record.peer_peer = 0;
    const auto fact = fact_in<model::SocketFact>(socket_bytes(record, ""));
    EXPECT_EQ(fact.peer, SocketRef{});
}

TEST(Decode, NameIsExactlyTheBytesOfTheRecord) {
    const std::string full(OE_NAME_MAX, '\xff');
    for (const auto& name : {""s, "/run/x.sock"s, "\0a\0b\0"s, "\0"s, "two\nlines\x1b[31m"s, full}) {
        const auto bytes = socket_bytes(a_socket(), name, "leaf\0"sv);
        const auto fact = fact_in<model::SocketFact>(bytes);
        EXPECT_EQ(fact.name, name);
        EXPECT_EQ(fact.file->components, "leaf\0"sv);
    }
}

TEST(Decode, BoundFileKeepsEveryFieldAndIsAbsentWithoutInode) {
    auto record = a_socket();
    const auto bytes = socket_bytes(record, "x.sock", "x.sock\0run\0"sv);
    const auto file = fact_in<model::SocketFact>(bytes).file;
    ASSERT_TRUE(file);
    EXPECT_EQ(file->inode, 0x2'0000'0009U);
    EXPECT_EQ(file->device, 8U << 20 | 3);
    EXPECT_EQ(file->linked, true);
    EXPECT_EQ(file->components, "x.sock\0run\0"sv);
    EXPECT_EQ(file->whole, false);

    record.file_inode = 0;
    EXPECT_EQ(fact_in<model::SocketFact>(socket_bytes(record, "\0x"sv)).file, std::nullopt);
}

TEST(Decode, LongestNameAndPathFit) {
    const std::string name(OE_NAME_MAX, 'n'), path(OE_PATH_MAX, 'p');
    const auto bytes = socket_bytes(a_socket(), name, path);
    const auto fact = fact_in<model::SocketFact>(bytes);
    EXPECT_EQ(fact.name, name);
    EXPECT_EQ(fact.file->components, path);
}

TEST(Decode, InflightNamesCarrierAndSocket) {
    const auto fact = fact_in<model::InflightFact>(bytes_of(oe_inflight{.carrier = 1, .sock = 2, .inode = 3}));
    EXPECT_EQ(fact.carrier, (SocketRef{.address = SockAddress{1}}));
    EXPECT_EQ(fact.socket, (SocketRef{SockAddress{2}, Inode{3}}));
}

TEST(Decode, WaiterNamesSocketAndTask) {
    const auto fact = fact_in<model::WaiterFact>(bytes_of(oe_waiter{.tgid = 4, .sock = 5, .tid = 6}));
    EXPECT_EQ(fact.socket, (SocketRef{.address = SockAddress{5}}));
    EXPECT_EQ(fact.pid, Pid{4});
    EXPECT_EQ(fact.tid, Pid{6});
}

TEST(Decode, QueuedNamesListenerEmbryoAndClient) {
    const auto fact = fact_in<model::QueuedFact>(
        bytes_of(oe_queued{.listener = 7, .embryo = 8, .client = 9, .client_inode = 10}));
    EXPECT_EQ(fact.listener, (SocketRef{.address = SockAddress{7}}));
    EXPECT_EQ(fact.embryo, (SocketRef{.address = SockAddress{8}}));
    EXPECT_EQ(fact.client, (SocketRef{SockAddress{9}, Inode{10}}));
}

TEST(Decode, RingNamesItsDescriptor) {
    const auto fact = fact_in<model::RingFact>(bytes_of(oe_ring{.tgid = 11, .tid = 12, .fd = 13}));
    EXPECT_EQ(fact.pid, Pid{11});
    EXPECT_EQ(fact.tid, Pid{12});
    EXPECT_EQ(fact.fd, 13);
}

// -- streams ------------------------------------------------------------------------------------------------

TEST(Decode, NothingIsNothing) {
    Decoder decoder;
    EXPECT_EQ(decode(decoder, {}), Texts{});
    EXPECT_EQ(decoder.malformed(), 0U);
}

TEST(Decode, RecordsAreReportedInTheirOrder) {
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

TEST(Decode, StreamCutAnywhereIsReadAsOne) {
    const auto bytes = one_of_each();
    Decoder whole;
    const auto expected = decode(whole, bytes);
    ASSERT_EQ(expected.size(), 7U);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        Decoder decoder;
        auto texts = decode(decoder, std::span(bytes).first(cut));
        for (auto& later : decode(decoder, std::span(bytes).subspan(cut)))
            texts.push_back(std::move(later));
        EXPECT_EQ(texts, expected) << "cut at " << cut;
        EXPECT_EQ(decoder.malformed(), 0U) << "cut at " << cut;
    }
}

TEST(Decode, StreamFedByteByByteIsReadAsOne) {
    const auto bytes = one_of_each();
    Decoder whole, decoder;
    Texts texts;
    for (const auto& byte : bytes)
        for (auto& fact : decode(decoder, std::span(&byte, 1)))
            texts.push_back(std::move(fact));
    EXPECT_EQ(texts, decode(whole, bytes));
    EXPECT_EQ(decoder.malformed(), 0U);
}

TEST(Decode, WhatIsLeftWhenTheStreamEndsIsCountedOnce) {
    for (const auto& bytes : {bytes_of(a_holder()), socket_bytes(a_socket(), "name", "leaf\0"sv),
                              bytes_of(oe_inflight{}), bytes_of(oe_waiter{}), bytes_of(oe_queued{}),
                              bytes_of(oe_ring{})})
        for (std::size_t length = 1; length < bytes.size(); ++length) {
            // In a block of its own, so that a sanitizer sees the first byte read too many.
            const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
            EXPECT_EQ(malformed_in(part), 1U) << "first " << length << " of " << bytes.size();
        }
}

// -- what cannot be true --------------------------------------------------------------------------------------

TEST(Decode, UnknownKindIsCountedAndPassedOver) {
    for (const oe_u16 kind : {oe_u16{0}, oe_u16{OE_END}, oe_u16{8}, oe_u16{0xffff}}) {
        Bytes bytes = raw_record(kind, 20);
        bytes += bytes_of(oe_ring{.fd = 3});
        Decoder decoder;
        EXPECT_EQ(decode(decoder, bytes).size(), 1U) << kind;
        EXPECT_EQ(decoder.malformed(), 1U) << kind;
    }
}

TEST(Decode, RecordShorterThanItsKindIsCountedAndPassedOver) {
    const std::pair<oe_u16, std::size_t> kinds[] = {
        {OE_HOLDER, sizeof(oe_holder)}, {OE_SOCKET, sizeof(oe_socket)}, {OE_INFLIGHT, sizeof(oe_inflight)},
        {OE_WAITER, sizeof(oe_waiter)}, {OE_QUEUED, sizeof(oe_queued)}, {OE_RING, sizeof(oe_ring)}};
    for (const auto& [kind, whole] : kinds)
        for (std::size_t size = sizeof(oe_record); size < whole; ++size) {
            Bytes bytes = raw_record(kind, static_cast<oe_u16>(size));
            bytes += bytes_of(oe_ring{.fd = 3});
            Decoder decoder;
            EXPECT_EQ(decode(decoder, bytes).size(), 1U) << kind << " of " << size;
            EXPECT_EQ(decoder.malformed(), 1U) << kind << " of " << size;
        }
}

TEST(Decode, RecordLongerThanItsKindIsCountedAndPassedOver) {
    for (const oe_u16 kind : {OE_HOLDER, OE_INFLIGHT, OE_WAITER, OE_QUEUED, OE_RING})
        EXPECT_EQ(malformed_in(raw_record(kind, 96)), 1U) << kind;
}

TEST(Decode, NameAndPathThatDoNotFillTheRecordAreRefused) {
    const auto refused = [](oe_u16 name_len, oe_u16 path_len, std::string_view tail) {
        auto record = a_socket();
        record.name_len = name_len;
        record.path_len = path_len;
        return malformed_in(bytes_of(record, tail));
    };
    EXPECT_EQ(refused(4, 0, "abc"), 1U);
    EXPECT_EQ(refused(2, 0, "abc"), 1U);
    EXPECT_EQ(refused(0, 4, "abc"), 1U);
    EXPECT_EQ(refused(0, 0, "abc"), 1U);
    EXPECT_EQ(refused(3, 1, "abc"), 1U);
    EXPECT_EQ(refused(0xffff, 0xffff, "abc"), 1U);
    EXPECT_EQ(refused(0xffff, 4, "abc"), 1U); // 3 in 16 bits
    EXPECT_EQ(refused(3, 0, ""), 1U);
}

TEST(Decode, SizeThatCannotHoldAHeaderEndsTheStream) {
    for (const oe_u16 size : {0, 1, 2, 3}) {
        Bytes bytes = bytes_of(oe_ring{.fd = 3});
        bytes += raw_record(OE_RING, size);
        bytes += bytes_of(oe_ring{.fd = 4});
        Decoder decoder;
        EXPECT_EQ(decode(decoder, bytes).size(), 1U) << size;
        EXPECT_EQ(decoder.malformed(), 1U) << size;
    }
}

// What follows has no known beginning: facts made of it would be inventions.
TEST(Decode, NothingIsReadBehindTheEndOfABrokenStream) {
    Decoder decoder;
    EXPECT_EQ(decode(decoder, raw_record(OE_RING, 2)), Texts{});
    EXPECT_EQ(decode(decoder, bytes_of(oe_ring{.fd = 4})), Texts{});
    EXPECT_EQ(decoder.malformed(), 1U);
}

} // namespace
} // namespace otherend::kernel
