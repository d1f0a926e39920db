// SPDX-License-Identifier: MIT
#include "system/parse/unix_diag.hpp"

#include "../collected.hpp"
#include "../messages.hpp"
#include "../recorded.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace otherend::system {
namespace {

using model::SocketFact;

constexpr NetnsId netns{4026531833};

class UnixDiag : public testing::Test {
  protected:
    DiagProgress parse(const std::string& datagram) {
        DiagProgress progress;
        parse_unix_diag(bytes(datagram), netns, collected.sink(), progress);
        return progress;
    }

    SocketFact fact_of(const std::string& label) {
        const auto facts = collected.of<SocketFact>();
        const auto is_it = [&](const SocketFact& fact) { return fact.socket.inode == truth.at(label); };
        const auto it = std::ranges::find_if(facts, is_it);
        if (it == facts.end())
            throw std::out_of_range("no fact of " + label);
        return *it;
    }

    std::map<std::string, Inode> truth = recorded_truth();
    Collected collected;
};

// -- a recorded dump -------------------------------------------------------------------------------------

TEST_F(UnixDiag, ReportsEachSocketOfTheDumpOnce) {
    const auto progress = parse(recorded("unix_diag.bin"));
    EXPECT_TRUE(progress.done);
    EXPECT_EQ(progress.error, 0);
    EXPECT_EQ(progress.malformed, 0U);
    EXPECT_EQ(collected.size(), truth.size());
    for (const auto& [label, inode] : truth)
        EXPECT_EQ(fact_of(label).socket.inode, inode);
}

TEST_F(UnixDiag, TellsPeersByInode) {
    parse(recorded("unix_diag.bin"));
    const std::pair<const char*, const char*> edges[] = {
        {"client", "accepted"}, {"accepted", "client"}, {"writer1", "log"},
        {"writer2", "log"},     {"left", "right"},      {"right", "left"},
    };
    for (const auto& [from, to] : edges) {
        EXPECT_EQ(fact_of(from).peer, (model::SocketRef{.inode = truth.at(to)})) << from;
        EXPECT_EQ(fact_of(from).peer_open, std::nullopt) << from;
    }
}

TEST_F(UnixDiag, TellsAPeerWithoutInodeFromNoPeer) {
    parse(recorded("unix_diag.bin"));
    for (const auto* label : {"survivor", "pending1", "pending2"}) {
        EXPECT_EQ(fact_of(label).peer, model::SocketRef{}) << label;
        EXPECT_EQ(fact_of(label).peer_open, false) << label;
    }
    for (const auto* label : {"server", "log", "idle", "odd"}) {
        EXPECT_EQ(fact_of(label).peer, model::SocketRef{}) << label;
        EXPECT_EQ(fact_of(label).peer_open, std::nullopt) << label;
    }
}

TEST_F(UnixDiag, KeepsEveryByteOfANameAndNoMore) {
    parse(recorded("unix_diag.bin"));
    using namespace std::string_view_literals;
    EXPECT_EQ(fact_of("server").name, "server.sock");
    EXPECT_EQ(fact_of("accepted").name, "server.sock");
    EXPECT_EQ(fact_of("client").name, "");
    EXPECT_EQ(fact_of("log").name, "\0log\0inner"sv);
    EXPECT_EQ(fact_of("odd").name, "odd \n\xff name\n");
    EXPECT_EQ(fact_of("long").name, std::string(107, 'x'));
}

TEST_F(UnixDiag, CountsClientsOfAListenerAndBytesOfOthers) {
    const auto progress = parse(recorded("unix_diag.bin"));
    EXPECT_EQ(progress.queued_listeners, 1U);
    EXPECT_EQ(progress.answered_listeners, 0U);
    EXPECT_EQ(fact_of("server").tcp_state, TCP_LISTEN);
    EXPECT_EQ(fact_of("server").queue_length, 3U);
    EXPECT_EQ(fact_of("server").backlog_limit, 7U);
    EXPECT_EQ(fact_of("server").rx_bytes, std::nullopt);
    EXPECT_EQ(fact_of("right").rx_bytes, 5U);
    EXPECT_GT(fact_of("left").tx_bytes, 5U); // charged with the buffers' overhead
    EXPECT_EQ(fact_of("right").queue_length, std::nullopt);
}

TEST_F(UnixDiag, ReportsTypeStateOwnerCookieAndFile) {
    parse(recorded("unix_diag.bin"));
    EXPECT_EQ(fact_of("left").type, SOCK_SEQPACKET);
    EXPECT_EQ(fact_of("log").type, SOCK_DGRAM);
    EXPECT_EQ(fact_of("idle").tcp_state, TCP_CLOSE);
    EXPECT_EQ(fact_of("client").tcp_state, TCP_ESTABLISHED);
    EXPECT_EQ(fact_of("client").uid, 0U);
    EXPECT_EQ(fact_of("client").netns, netns);
    EXPECT_TRUE(is_set(fact_of("client").cookie));
    EXPECT_EQ(fact_of("client").file, std::nullopt);
    ASSERT_TRUE(fact_of("server").file);
    EXPECT_NE(fact_of("server").file->inode, 0U);
    EXPECT_EQ(fact_of("server").file->linked, std::nullopt);
}

TEST_F(UnixDiag, NamesWaitingClientsInOrderAndZeroForOneThatLeft) {
    const auto progress = parse(recorded("unix_diag_listeners.bin"));
    EXPECT_EQ(progress.answered_listeners, 1U);
    const auto waiting = fact_of("server").waiting;
    const std::vector expected{Inode{}, truth.at("pending1"), truth.at("pending2")};
    EXPECT_TRUE(std::ranges::equal(waiting, expected));
}

TEST_F(UnixDiag, CutAnywhereIsReportedAndNeverInvents) {
    const auto whole = recorded("unix_diag.bin");
    parse(whole);
    const auto true_facts = collected.of<SocketFact>();
    for (std::size_t length = 1; length < whole.size(); ++length) {
        Collected cut;
        DiagProgress progress;
        // In a block of its own, so that a sanitizer sees the first byte read too many.
        const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        parse_unix_diag(std::as_bytes(std::span(part)), netns, cut.sink(), progress);
        const auto facts = cut.of<SocketFact>();
        EXPECT_FALSE(progress.done) << length;
        ASSERT_LE(facts.size(), true_facts.size());
        for (std::size_t i = 0; i < facts.size(); ++i) {
            EXPECT_EQ(facts[i].socket, true_facts[i].socket);
            EXPECT_EQ(facts[i].peer, true_facts[i].peer);
            EXPECT_EQ(facts[i].name, true_facts[i].name);
        }
    }
}

// -- made-up messages ------------------------------------------------------------------------------------

std::string socket_message(const std::string& attributes, std::uint8_t family = AF_UNIX,
                           std::uint16_t flags = NLM_F_MULTI) {
    const unix_diag_msg body{.udiag_family = family,
                             .udiag_type = SOCK_STREAM,
                             .udiag_state = TCP_ESTABLISHED,
                             .pad = 0,
                             .udiag_ino = 77,
                             .udiag_cookie = {1, 2}};
    return message(SOCK_DIAG_BY_FAMILY, raw(body) + attributes, flags);
}

TEST_F(UnixDiag, ReadsTheCookieAsOneNumberOf64Bits) {
    parse(socket_message(""));
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<SocketFact>()[0].cookie, Cookie{0x2'0000'0001});
}

TEST_F(UnixDiag, PassesOverAttributesItDoesNotKnow) {
    const auto progress = parse(socket_message(attribute(UNIX_DIAG_SHUTDOWN, "\3") + attribute(99, "later") +
                                               attribute(UNIX_DIAG_PEER, raw(std::uint32_t{78}))));
    EXPECT_EQ(progress.malformed, 0U);
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<SocketFact>()[0].peer->inode, Inode{78});
}

TEST_F(UnixDiag, RefusesARecordWhoseAttributeIsTooShortForItsType) {
    for (const auto type : {UNIX_DIAG_VFS, UNIX_DIAG_PEER, UNIX_DIAG_ICONS, UNIX_DIAG_RQLEN, UNIX_DIAG_UID})
        EXPECT_EQ(parse(socket_message(attribute(static_cast<std::uint16_t>(type), "\1\2\3"))).malformed, 1U)
            << type;
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(UnixDiag, RefusesAnAttributeThatIsLongerThanItsMessage) {
    const nlattr too_long{200, UNIX_DIAG_NAME};
    EXPECT_EQ(parse(socket_message(raw(too_long))).malformed, 1U);
    const nlattr too_short{2, UNIX_DIAG_NAME};
    EXPECT_EQ(parse(socket_message(raw(too_short))).malformed, 1U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(UnixDiag, RefusesMessageLengthsThatOverflow) {
    for (const std::uint32_t length : {0U, 15U, 0x7fffffffU, 0x80000010U, 0xffffffffU}) {
        auto datagram = socket_message("");
        std::memcpy(datagram.data(), &length, sizeof length);
        EXPECT_EQ(parse(datagram).malformed, 1U) << length;
    }
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(UnixDiag, RefusesAnotherFamily) {
    EXPECT_EQ(parse(socket_message("", AF_INET)).malformed, 1U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(UnixDiag, GoesOnBehindARefusedRecord) {
    const auto progress = parse(socket_message("", AF_INET) + socket_message(""));
    EXPECT_EQ(progress.malformed, 1U);
    EXPECT_EQ(collected.size(), 1U);
}

TEST_F(UnixDiag, EndsWithTheErrnoOfAnErrorMessage) {
    const auto progress =
        parse(message(NLMSG_ERROR, raw(nlmsgerr{.error = -ENOENT, .msg = {}})) + socket_message(""));
    EXPECT_TRUE(progress.done);
    EXPECT_EQ(progress.error, ENOENT);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(UnixDiag, EndsWithTheErrnoOfAFailedDump) {
    EXPECT_EQ(parse(message(NLMSG_DONE, raw(std::int32_t{-EMSGSIZE}))).error, EMSGSIZE);
    EXPECT_EQ(parse(message(NLMSG_DONE, raw(std::int32_t{0}))).error, 0);
}

TEST_F(UnixDiag, SurvivesAnErrnoThatHasNoOpposite) {
    EXPECT_NE(parse(message(NLMSG_DONE, raw(std::numeric_limits<std::int32_t>::min()))).error, 0);
}

TEST_F(UnixDiag, NoticesThatTheTableChanged) {
    EXPECT_TRUE(parse(socket_message("", AF_UNIX, NLM_F_MULTI | NLM_F_DUMP_INTR)).interrupted);
    EXPECT_FALSE(parse(socket_message("")).interrupted);
}

} // namespace
} // namespace otherend::system
