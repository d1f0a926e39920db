// SPDX-License-Identifier: MIT
// What each record says.
#include "kernel/decode.hpp"

#include "bytes.hpp"

#include <gtest/gtest.h>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace otherend::kernel {
namespace {

using model::Fact;
using model::SocketRef;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr oe_u32 every_socket_flag = 0xff;
constexpr oe_u32 every_detail_flag = 0x3f;

// Hands the only fact of its kind to `check` while what it points to is there.
template <typename Wanted, typename Check> void expect_one(const Bytes& bytes, Check check) {
    Decoder decoder;
    int count = 0;
    decoder.feed(bytes, [&](const Fact& fact) {
        if (const auto* wanted = std::get_if<Wanted>(&fact)) {
            ++count;
            check(*wanted);
        }
    });
    EXPECT_EQ(count, 1);
    EXPECT_EQ(decoder.malformed(), 0U);
}

TEST(Decode, HolderKeepsEveryField) {
    expect_one<model::HolderFact>(bytes_of(a_holder()), [](const auto& fact) {
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
        EXPECT_EQ(fact.type, 2);
        EXPECT_EQ(fact.comm, "nginx");
    });
}

TEST(Decode, CommEndsAtItsFirstNulOrItsLastByte) {
    const auto expect_comm = [](std::string_view bytes, std::string_view comm) {
        expect_one<model::HolderFact>(bytes_of(a_holder(bytes)),
                                      [&](const auto& fact) { EXPECT_EQ(fact.comm, comm); });
    };
    for (const auto comm : {""sv, "a"sv, "fifteen letters"sv, "sixteen letters!"sv})
        expect_comm(comm, comm);
    expect_comm("new\0leftover"sv, "new");
}

TEST(Decode, SocketKeepsEveryField) {
    expect_one<model::SocketFact>(socket_bytes(a_socket(), "name"), [](const auto& fact) {
        EXPECT_EQ(fact.source, model::Source::bpf);
        EXPECT_EQ(fact.socket, (SocketRef{SockAddress{0xffff888000000400}, Inode{70001}}));
        EXPECT_EQ(fact.peer, (SocketRef{SockAddress{0xffff888000000800}, Inode{70002}}));
        EXPECT_EQ(fact.peer_peer, SockAddress{0xffff888000000c00});
        EXPECT_EQ(fact.listener, SockAddress{0xffff888000001000});
        EXPECT_EQ(fact.address_id, 0xffff888000001400U);
        EXPECT_EQ(fact.cookie, Cookie{0x1'0000'0007});
        EXPECT_EQ(fact.netns, NetnsId{4026531840});
        EXPECT_EQ(fact.peer_netns, NetnsId{4026531844});
        EXPECT_EQ(fact.queue_length, 11U);
        EXPECT_EQ(fact.backlog_limit, 12U);
        EXPECT_EQ(fact.tx_bytes, 14U);
        EXPECT_EQ(fact.type, 5);
        EXPECT_EQ(fact.tcp_state, 10);
        EXPECT_EQ(fact.uid, std::nullopt);
        EXPECT_EQ(fact.name, "name");
        EXPECT_TRUE(fact.waiting.empty());
    });
}

// The flags whose presence alone changes what `field` says, as their absence alone does among all the others.
// `encode` makes the record that has them.
template <typename Told, typename Encode, typename Field>
oe_u32 flags_that_change(oe_u32 every_flag, Encode encode, Field field) {
    const auto told_with = [&](oe_u32 flags) {
        std::invoke_result_t<Field, const Told&> told{};
        expect_one<Told>(encode(flags), [&](const auto& fact) { told = field(fact); });
        return told;
    };
    oe_u32 flags = 0;
    for (oe_u32 bit = 1; bit < every_flag; bit <<= 1)
        if (told_with(bit) != told_with(0)) {
            EXPECT_NE(told_with(every_flag & ~bit), told_with(every_flag));
            flags |= bit;
        }
    return flags;
}

Bytes socket_with(oe_u32 flags) {
    auto record = a_socket();
    record.flags = flags;
    return socket_bytes(record, "");
}

Bytes detail_with(oe_u32 flags) {
    auto record = a_detail();
    record.flags = flags;
    return detail_bytes(record, "");
}

TEST(Decode, EachFlagOfASocketSaysOneThing) {
    using Socket = const model::SocketFact&;
    const auto flags_that_change = [](auto field) {
        return kernel::flags_that_change<model::SocketFact>(every_socket_flag, socket_with, field);
    };
    EXPECT_EQ(flags_that_change([](Socket s) { return s.open; }), OE_SOCKET_OPEN);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.has_file; }), OE_SOCKET_KERNEL);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.peer_open; }), OE_SOCKET_PEER_OPEN);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.peer_is_unix; }), OE_SOCKET_PEER_UNIX);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.file->linked; }), OE_SOCKET_UNHASHED);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.peer_credentials.has_value(); }),
              OE_SOCKET_CREDENTIALS);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.rx_bytes; }), OE_SOCKET_RX_KNOWN);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.has_details; }), OE_SOCKET_DETAILS);
}

TEST(Decode, EachFlagOfADetailSaysOneThing) {
    using Detail = const model::DetailFact&;
    const auto flags_that_change = [](auto field) {
        return kernel::flags_that_change<model::DetailFact>(every_detail_flag, detail_with, field);
    };
    EXPECT_EQ(flags_that_change([](Detail d) { return d.whole; }), OE_DETAIL_PATH_WHOLE);
    EXPECT_EQ(flags_that_change([](Detail d) { return d.rx_bytes; }), OE_DETAIL_RX_KNOWN);
}

TEST(Decode, FlagMeansYes) {
    expect_one<model::SocketFact>(socket_with(every_socket_flag), [](const auto& fact) {
        EXPECT_EQ(fact.open, true);
        EXPECT_EQ(fact.has_file, false); // OE_SOCKET_KERNEL
        EXPECT_EQ(fact.peer_open, true);
        EXPECT_EQ(fact.peer_is_unix, true);
        EXPECT_EQ(fact.file->linked, false); // OE_SOCKET_UNHASHED
        EXPECT_EQ(fact.rx_bytes, 13U);
        EXPECT_TRUE(fact.has_details);
        EXPECT_EQ(fact.peer_credentials->pid, Pid{16});
        EXPECT_EQ(fact.peer_credentials->uid, 4294967294U);
    });
    expect_one<model::DetailFact>(detail_with(every_detail_flag), [](const auto& fact) {
        EXPECT_TRUE(fact.whole);
        EXPECT_EQ(fact.rx_bytes, 15U);
    });
}

// Which walks were not seen to their end, as the answer will say it.
std::vector<std::string> unseen_in(const Bytes& bytes) {
    Decoder decoder;
    std::vector<std::string> what;
    decoder.feed(bytes, [&](const Fact& fact) {
        if (const auto* unseen = std::get_if<model::UnseenFact>(&fact)) {
            what.emplace_back(unseen->what);
            EXPECT_FALSE(unseen->why.empty());
            EXPECT_EQ(unseen->count, 1U);
        }
    });
    EXPECT_EQ(decoder.malformed(), 0U);
    return what;
}

TEST(Decode, WalkThatWasCutShortIsReportedAsUnseen) {
    using Walks = std::vector<std::string>;
    const std::string descriptors = "descriptors in flight", tasks = "tasks waiting for a socket",
                      connections = "connections waiting for accept", bytes = "bytes waiting to be read";
    EXPECT_EQ(unseen_in(detail_with(OE_DETAIL_FDS_CUT)), Walks{descriptors});
    EXPECT_EQ(unseen_in(detail_with(OE_DETAIL_WAITERS_CUT)), Walks{tasks});
    EXPECT_EQ(unseen_in(detail_with(OE_DETAIL_BACKLOG_CUT)), Walks{connections});
    EXPECT_EQ(unseen_in(detail_with(OE_DETAIL_RX_CUT)), Walks{bytes});
    EXPECT_EQ(unseen_in(detail_with(every_detail_flag)), (Walks{descriptors, tasks, connections, bytes}));
    EXPECT_EQ(unseen_in(detail_with(OE_DETAIL_PATH_WHOLE | OE_DETAIL_RX_KNOWN)), Walks{});
    EXPECT_EQ(unseen_in(socket_with(every_socket_flag)), Walks{});
}

TEST(Decode, SocketWithoutPeerIsKnownToHaveNone) {
    auto record = a_socket();
    record.peer = record.peer_inode = record.peer_peer = 0;
    expect_one<model::SocketFact>(socket_bytes(record, ""),
                                  [](const auto& fact) { EXPECT_EQ(fact.peer, SocketRef{}); });
}

void expect_name(std::string_view bytes, std::string_view name) {
    expect_one<model::SocketFact>(socket_bytes(a_socket(), bytes),
                                  [&](const auto& fact) { EXPECT_EQ(fact.name, name); });
}

TEST(Decode, AbstractNameIsEveryByteOfIt) {
    for (const auto& name : {""s, "\0"s, "\0a\0b\0"s, "\0\0"s, "\0" + std::string(107, '\xff')})
        expect_name(name, name);
}

// The kernel keeps a path with the NUL that ends it, also where sun_path has no room for one (unix(7), BUGS).
TEST(Decode, PathIsTheNameWithoutTheNulThatEndsIt) {
    const std::string longest(108, 'x');
    for (const auto& name : {"/run/x.sock"s, "rel.sock"s, "two\nlines\x1b[31m"s, longest})
        expect_name(name + '\0', name);
    expect_name("unended", "unended");
}

TEST(Decode, BoundFileKeepsEveryFieldAndIsAbsentWithoutInode) {
    auto record = a_socket();
    expect_one<model::SocketFact>(socket_bytes(record, "x.sock"), [](const auto& fact) {
        ASSERT_TRUE(fact.file);
        EXPECT_EQ(fact.file->inode, 0x2'0000'0009U);
        EXPECT_EQ(fact.file->device, 8U << 20 | 3);
        EXPECT_EQ(fact.file->linked, true);
    });
    record.file_inode = 0;
    expect_one<model::SocketFact>(socket_bytes(record, "\0x"sv),
                                  [](const auto& fact) { EXPECT_FALSE(fact.file); });
}

TEST(Decode, DetailNamesItsSocketAndLacksWhatWasNotWalked) {
    expect_one<model::DetailFact>(bytes_of(a_detail()), [](const auto& fact) {
        EXPECT_EQ(fact.socket, (SocketRef{SockAddress{0xffff888000000400}, Inode{70001}}));
        EXPECT_EQ(fact.rx_bytes, std::nullopt);
        EXPECT_EQ(fact.components, "");
        EXPECT_FALSE(fact.whole);
    });
}

// Whether they are a path is for the graph to say.
TEST(Decode, DetailKeepsEveryByteOfItsPath) {
    for (const auto& path : {"x.sock\0"s, "x.sock\0run\0"s, "\xff\n\0\0a"s, "cut"s})
        expect_one<model::DetailFact>(detail_bytes(a_detail(), path),
                                      [&](const auto& fact) { EXPECT_EQ(fact.components, path); });
}

TEST(Decode, LongestNameAndLongestPathFit) {
    const std::string name(OE_NAME_MAX, 'n'), path(OE_PATH_MAX, 'p');
    expect_one<model::SocketFact>(socket_bytes(a_socket(), name),
                                  [&](const auto& fact) { EXPECT_EQ(fact.name, name); });
    expect_one<model::DetailFact>(detail_bytes(a_detail(), path),
                                  [&](const auto& fact) { EXPECT_EQ(fact.components, path); });
}

TEST(Decode, InflightNamesCarrierAndSocket) {
    const oe_inflight record{.carrier = 1, .carrier_inode = 4, .sock = 2, .inode = 3};
    expect_one<model::InflightFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.carrier, (SocketRef{SockAddress{1}, Inode{4}}));
        EXPECT_EQ(fact.socket, (SocketRef{SockAddress{2}, Inode{3}}));
    });
}

TEST(Decode, WaiterNamesSocketAndTask) {
    const oe_waiter record{.tgid = 4, .sock = 5, .inode = 7, .tid = 6};
    expect_one<model::WaiterFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.socket, (SocketRef{SockAddress{5}, Inode{7}}));
        EXPECT_EQ(fact.pid, Pid{4});
        EXPECT_EQ(fact.tid, Pid{6});
    });
}

TEST(Decode, RingFileNamesRingAndSocket) {
    const oe_ring_file record{.tgid = 11, .fd = 13, .sock = 14, .inode = 15};
    expect_one<model::RingFileFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.pid, Pid{11});
        EXPECT_EQ(fact.fd, 13);
        EXPECT_EQ(fact.address, SockAddress{14});
        EXPECT_EQ(fact.inode, Inode{15});
    });
}

TEST(Decode, QueuedNamesListenerAndEmbryo) {
    const oe_queued record{.listener = 7, .embryo = 8};
    expect_one<model::QueuedFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.listener, (SocketRef{.address = SockAddress{7}}));
        EXPECT_EQ(fact.embryo, (SocketRef{.address = SockAddress{8}}));
        EXPECT_FALSE(fact.client);
    });
}

TEST(Decode, RingNamesItsDescriptorAndItsOwner) {
    const oe_ring record{
        .tgid = 11, .tid = 12, .fd = 13, .uid = 14, .task_netns = 4026531843, .comm = "fifteen letters"};
    expect_one<model::RingFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.pid, Pid{11});
        EXPECT_EQ(fact.tid, Pid{12});
        EXPECT_EQ(fact.fd, 13);
        EXPECT_EQ(fact.uid, 14U);
        EXPECT_EQ(fact.netns, NetnsId{4026531843});
        EXPECT_EQ(fact.comm, "fifteen letters");
    });
}

} // namespace
} // namespace otherend::kernel
