// SPDX-License-Identifier: MIT
// What each record says.
#include "kernel/decode.hpp"

#include "bytes.hpp"

#include <gtest/gtest.h>
#include <string>
#include <type_traits>
#include <variant>

namespace otherend::kernel {
namespace {

using model::Fact;
using model::SocketRef;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr oe_u32 every_flag = 0x7ff;

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
template <typename Field> oe_u32 flags_that_change(Field field) {
    const auto told_with = [&](oe_u32 flags) {
        auto record = a_socket();
        record.flags = flags;
        std::invoke_result_t<Field, const model::SocketFact&> told{};
        expect_one<model::SocketFact>(socket_bytes(record, ""),
                                      [&](const auto& fact) { told = field(fact); });
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

TEST(Decode, EachFlagOfASocketSaysOneThing) {
    using Socket = const model::SocketFact&;
    EXPECT_EQ(flags_that_change([](Socket s) { return s.open; }), OE_SOCKET_OPEN);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.has_file; }), OE_SOCKET_FILE);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.peer_open; }), OE_SOCKET_PEER_OPEN);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.peer_is_unix; }), OE_SOCKET_PEER_UNIX);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.file->linked; }), OE_SOCKET_UNHASHED);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.file->whole; }), OE_SOCKET_PATH_WHOLE);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.peer_credentials.has_value(); }),
              OE_SOCKET_CREDENTIALS);
    EXPECT_EQ(flags_that_change([](Socket s) { return s.rx_bytes; }), OE_SOCKET_RX_KNOWN);
}

TEST(Decode, FlagMeansYes) {
    auto record = a_socket();
    record.flags = every_flag;
    expect_one<model::SocketFact>(socket_bytes(record, ""), [](const auto& fact) {
        EXPECT_EQ(fact.open, true);
        EXPECT_EQ(fact.has_file, true);
        EXPECT_EQ(fact.peer_open, true);
        EXPECT_EQ(fact.peer_is_unix, true);
        EXPECT_EQ(fact.file->linked, false); // OE_SOCKET_UNHASHED
        EXPECT_EQ(fact.file->whole, true);
        EXPECT_EQ(fact.rx_bytes, 13U);
        EXPECT_EQ(fact.peer_credentials->pid, Pid{16});
        EXPECT_EQ(fact.peer_credentials->uid, 4294967294U);
    });
}

TEST(Decode, WalkThatWasCutShortIsReportedAsUnseen) {
    const std::pair<oe_u32, std::string_view> cuts[] = {
        {OE_SOCKET_FDS_CUT, "descriptors in flight"},
        {OE_SOCKET_WAITERS_CUT, "tasks waiting for a socket"},
        {OE_SOCKET_BACKLOG_CUT, "connections waiting for accept"},
    };
    for (const auto& [flag, what] : cuts) {
        auto record = a_socket();
        record.flags = flag;
        expect_one<model::UnseenFact>(socket_bytes(record, ""), [&](const auto& fact) {
            EXPECT_EQ(fact.what, what);
            EXPECT_FALSE(fact.why.empty());
            EXPECT_EQ(fact.count, 1U);
        });
    }
    Decoder decoder;
    decoder.feed(socket_bytes(a_socket(), ""),
                 [](const Fact& fact) { EXPECT_FALSE(std::holds_alternative<model::UnseenFact>(fact)); });
}

TEST(Decode, SocketWithoutPeerIsKnownToHaveNone) {
    auto record = a_socket();
    record.peer = record.peer_inode = record.peer_peer = 0;
    expect_one<model::SocketFact>(socket_bytes(record, ""),
                                  [](const auto& fact) { EXPECT_EQ(fact.peer, SocketRef{}); });
}

void expect_name(std::string_view bytes, std::string_view name) {
    expect_one<model::SocketFact>(socket_bytes(a_socket(), bytes, "leaf\0"sv), [&](const auto& fact) {
        EXPECT_EQ(fact.name, name);
        EXPECT_EQ(fact.file->components, "leaf\0"sv);
    });
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
    expect_one<model::SocketFact>(socket_bytes(record, "x.sock", "x.sock\0run\0"sv), [](const auto& fact) {
        ASSERT_TRUE(fact.file);
        EXPECT_EQ(fact.file->inode, 0x2'0000'0009U);
        EXPECT_EQ(fact.file->device, 8U << 20 | 3);
        EXPECT_EQ(fact.file->linked, true);
        EXPECT_EQ(fact.file->components, "x.sock\0run\0"sv);
        EXPECT_EQ(fact.file->whole, false);
    });
    record.file_inode = 0;
    expect_one<model::SocketFact>(socket_bytes(record, "\0x"sv),
                                  [](const auto& fact) { EXPECT_FALSE(fact.file); });
}

TEST(Decode, LongestNameAndPathFit) {
    const std::string name(OE_NAME_MAX, 'n'), path(OE_PATH_MAX, 'p');
    expect_one<model::SocketFact>(socket_bytes(a_socket(), name, path), [&](const auto& fact) {
        EXPECT_EQ(fact.name, name);
        EXPECT_EQ(fact.file->components, path);
    });
}

TEST(Decode, InflightNamesCarrierAndSocket) {
    const oe_inflight record{.carrier = 1, .sock = 2, .inode = 3};
    expect_one<model::InflightFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.carrier, (SocketRef{.address = SockAddress{1}}));
        EXPECT_EQ(fact.socket, (SocketRef{SockAddress{2}, Inode{3}}));
    });
}

TEST(Decode, WaiterNamesSocketAndTask) {
    const oe_waiter record{.tgid = 4, .sock = 5, .tid = 6};
    expect_one<model::WaiterFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.socket, (SocketRef{.address = SockAddress{5}}));
        EXPECT_EQ(fact.pid, Pid{4});
        EXPECT_EQ(fact.tid, Pid{6});
    });
}

TEST(Decode, QueuedNamesListenerEmbryoAndClient) {
    const oe_queued record{.listener = 7, .embryo = 8, .client = 9, .client_inode = 10};
    expect_one<model::QueuedFact>(bytes_of(record), [](const auto& fact) {
        EXPECT_EQ(fact.listener, (SocketRef{.address = SockAddress{7}}));
        EXPECT_EQ(fact.embryo, (SocketRef{.address = SockAddress{8}}));
        EXPECT_EQ(fact.client, (SocketRef{SockAddress{9}, Inode{10}}));
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
