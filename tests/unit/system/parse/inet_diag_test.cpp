// SPDX-License-Identifier: MIT
#include "system/parse/inet_diag.hpp"

#include "../collected.hpp"
#include "../messages.hpp"
#include "../recorded.hpp"
#include "base/ip_text.hpp"

#include <algorithm>
#include <cerrno>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

namespace otherend::system {
namespace {

using model::InetFact;

constexpr NetnsId netns{4026531833};

struct Recording {
    const char* file;
    Kind kind;
};
constexpr Recording recordings[] = {{"inet_diag_tcp.bin", Kind::tcp},
                                    {"inet_diag_tcp6.bin", Kind::tcp},
                                    {"inet_diag_udp.bin", Kind::udp},
                                    {"inet_diag_udp6.bin", Kind::udp}};

std::string remote_text(const InetFact& fact) {
    return fact.remote ? endpoint_text(*fact.remote) : "-";
}

class InetDiag : public testing::Test {
  protected:
    InetDiagProgress parse(const std::string& datagram, Kind kind = Kind::tcp) {
        InetDiagProgress progress;
        parse_inet_diag(bytes(datagram), kind, netns, collected.sink(), progress);
        return progress;
    }
    void parse_recordings() {
        for (const auto& [file, kind] : recordings) {
            const auto progress = parse(recorded(file), kind);
            EXPECT_TRUE(progress.done) << file;
            EXPECT_EQ(progress.error, 0) << file;
            EXPECT_EQ(progress.malformed, 0U) << file;
        }
    }
    InetFact the(const auto& is_it, const std::string& what) {
        const auto facts = collected.of<InetFact>();
        if (std::ranges::count_if(facts, is_it) != 1)
            throw std::out_of_range("not one fact of " + what);
        return *std::ranges::find_if(facts, is_it);
    }
    InetFact fact_of(const std::string& label) {
        return the([&](const InetFact& fact) { return fact.socket.inode == truth.at(label).inode; }, label);
    }
    InetFact without_inode(TcpState state, const std::string& local) {
        const auto is_it = [&](const InetFact& fact) {
            return !is_set(fact.socket.inode) && fact.tcp.state == state &&
                   endpoint_text(fact.local) == local;
        };
        return the(is_it, local);
    }

    std::map<std::string, RecordedEnd> truth = recorded_ends();
    Collected collected;
};

// -- recorded dumps ---------------------------------------------------------------------------------------

TEST_F(InetDiag, TellsBothAddressesOfEachSocketOnce) {
    parse_recordings();
    for (const auto& [label, end] : truth) {
        const auto fact = fact_of(label);
        EXPECT_EQ(endpoint_text(fact.local), end.local) << label;
        EXPECT_EQ(remote_text(fact), end.remote) << label;
        EXPECT_EQ(fact.open, true) << label;
        EXPECT_EQ(fact.uid, 0U) << label;
        EXPECT_EQ(fact.netns, netns) << label;
        EXPECT_EQ(fact.source, model::Source::diag) << label;
        EXPECT_EQ(fact.kind, label.starts_with("udp") ? Kind::udp : Kind::tcp) << label;
        EXPECT_TRUE(is_set(fact.cookie)) << label;
        EXPECT_TRUE(fact.cgroup) << label;
    }
}

TEST_F(InetDiag, TellsStates) {
    parse_recordings();
    const std::pair<const char*, TcpState> states[] = {
        {"listener", TcpState::listen},
        {"client", TcpState::established},
        {"half_closed", TcpState::fin_wait2},
        {"half_closed_accepted", TcpState::close_wait},
        {"unanswered", TcpState::syn_sent},
        {"bound", TcpState::close},
        {"udp", TcpState::close},
        {"udp_client", TcpState::established},
    };
    for (const auto& [label, state] : states)
        EXPECT_EQ(fact_of(label).tcp.state, state) << label;
}

TEST_F(InetDiag, TellsWhatIsLeftOfAConnectionAndWhatIsNotOneYet) {
    parse_recordings();
    const auto facts = collected.of<InetFact>();
    const auto in = [](TcpState state) {
        return [=](const InetFact& fact) { return fact.tcp.state == state; };
    };
    const auto left = the(in(TcpState::time_wait), "TIME_WAIT");
    EXPECT_EQ(left.tcp.timer->kind, TcpTimerKind::time_wait);
    EXPECT_GT(left.tcp.timer->expires_ms, 50'000U);
    const auto request = without_inode(TcpState::syn_recv, "127.0.0.1:4005");
    EXPECT_EQ(request.tcp.timer->kind, TcpTimerKind::retransmit);
    EXPECT_EQ(request.tcp.retransmits, 1U);
    const auto waiting = without_inode(TcpState::established, "127.0.0.1:4000");
    EXPECT_EQ(remote_text(waiting), truth.at("waiting").local);
    EXPECT_EQ(waiting.rx_bytes, 0U);
    for (const auto& fact : {left, request}) {
        EXPECT_EQ(fact.rx_bytes, std::nullopt);
        EXPECT_EQ(fact.tx_bytes, std::nullopt);
    }
    for (const auto& fact : {left, request, waiting}) {
        EXPECT_EQ(fact.open, false);
        EXPECT_EQ(fact.uid, std::nullopt);
    }
}

TEST_F(InetDiag, CountsThoseWhoWaitAtAListenerAndBytesOfOthers) {
    parse_recordings();
    EXPECT_EQ(fact_of("listener").queue_length, 1U);
    EXPECT_EQ(fact_of("listener").backlog_limit, 7U);
    EXPECT_EQ(fact_of("listener").rx_bytes, std::nullopt);
    EXPECT_EQ(fact_of("client_accepted").rx_bytes, 5U);
    EXPECT_EQ(fact_of("client_accepted").queue_length, std::nullopt);
    EXPECT_GT(fact_of("zero_window").tx_bytes, 65536U);
    EXPECT_GT(fact_of("udp").rx_bytes, 10U); // charged with the buffers' overhead
}

TEST_F(InetDiag, TellsWhichListenersTakeIPv4AsWell) {
    parse_recordings();
    EXPECT_TRUE(fact_of("dual").tcp.dual_stack);
    for (const auto* label : {"v6only", "link_local", "listener", "mapped_accepted", "nat6_client"})
        EXPECT_FALSE(fact_of(label).tcp.dual_stack) << label;
}

TEST_F(InetDiag, TellsTimers) {
    parse_recordings();
    EXPECT_EQ(fact_of("client").tcp.timer, std::nullopt);
    EXPECT_EQ(fact_of("kept_alive").tcp.timer->kind, TcpTimerKind::keepalive);
    EXPECT_GT(fact_of("kept_alive").tcp.timer->expires_ms, 7'000'000U);
    EXPECT_EQ(fact_of("zero_window").tcp.timer->kind, TcpTimerKind::probe);
    EXPECT_EQ(fact_of("unanswered").tcp.timer->kind, TcpTimerKind::retransmit);
    EXPECT_EQ(fact_of("unanswered").tcp.timer->retries, 1U);
    EXPECT_EQ(fact_of("udp").tcp.timer, std::nullopt);
}

TEST_F(InetDiag, TellsWhatTcpMeasures) {
    parse_recordings();
    const auto client = fact_of("client").tcp, accepted = fact_of("client_accepted").tcp;
    EXPECT_EQ(client.bytes_acked, 6U); // with the SYN
    EXPECT_EQ(accepted.bytes_received, 5U);
    EXPECT_EQ(client.retransmits, 0U);
    EXPECT_EQ(client.congestion_window, 11U);
    EXPECT_GT(client.rtt_us, 0U);
    EXPECT_LT(client.rtt_us, 100'000U);
    EXPECT_GT(client.send_window, 0U);
    EXPECT_EQ(fact_of("zero_window").tcp.send_window, 0U);
    EXPECT_GT(accepted.last_received_ms, 1'000U);
    EXPECT_LT(accepted.last_received_ms, 60'000U);
    EXPECT_GT(fact_of("zero_window").tcp.memory, 1'000'000U);
    EXPECT_FALSE(client.congestion.empty());
    EXPECT_EQ(client.congestion.find('\0'), std::string::npos);
}

TEST_F(InetDiag, DoesNotTellWhatTheStateHasNot) {
    parse_recordings();
    const auto listener = fact_of("listener").tcp, unanswered = fact_of("unanswered").tcp;
    EXPECT_EQ(listener.congestion_window, std::nullopt);
    EXPECT_EQ(listener.retransmits, std::nullopt);
    EXPECT_EQ(unanswered.total_retransmits, 1U);
    for (const auto& tcp : {listener, unanswered, fact_of("bound").tcp}) {
        EXPECT_EQ(tcp.rtt_us, std::nullopt);
        EXPECT_EQ(tcp.last_received_ms, std::nullopt);
        EXPECT_EQ(tcp.bytes_acked, std::nullopt);
        EXPECT_EQ(tcp.send_window, std::nullopt);
    }
}

TEST_F(InetDiag, CutAnywhereIsReportedAndNeverInvents) {
    const auto whole = recorded("inet_diag_tcp6.bin");
    parse(whole);
    const auto true_facts = collected.of<InetFact>();
    for (std::size_t length = 1; length < whole.size(); ++length) {
        Collected cut;
        InetDiagProgress progress;
        // In a block of its own, so that a sanitizer sees the first byte read too many.
        const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        parse_inet_diag(std::as_bytes(std::span(part)), Kind::tcp, netns, cut.sink(), progress);
        EXPECT_TRUE(progress.malformed > 0 || !progress.done) << length;
        const auto facts = cut.of<InetFact>();
        ASSERT_LE(facts.size(), true_facts.size()) << length;
        for (std::size_t i = 0; i < facts.size(); ++i) {
            EXPECT_EQ(facts[i].socket, true_facts[i].socket) << length;
            EXPECT_EQ(facts[i].local, true_facts[i].local) << length;
            EXPECT_EQ(facts[i].remote, true_facts[i].remote) << length;
            EXPECT_EQ(facts[i].tcp.dual_stack, true_facts[i].tcp.dual_stack) << length;
        }
    }
}

// -- made-up messages -------------------------------------------------------------------------------------

struct Made {
    std::uint8_t family = AF_INET, state = 1, timer = 0;
    std::uint32_t inode = 77, expires = 0;
};

std::string socket_message(const Made& made, const std::string& attributes = "") {
    inet_diag_msg body{.idiag_family = made.family, .idiag_state = made.state, .idiag_timer = made.timer};
    body.id.idiag_sport = htons(80);
    body.id.idiag_dport = htons(4000);
    body.id.idiag_src[0] = htonl(0x0a000001);
    body.id.idiag_dst[0] = htonl(0x0a000002);
    body.id.idiag_cookie[0] = 1;
    body.id.idiag_cookie[1] = 2;
    body.idiag_inode = made.inode;
    body.idiag_expires = made.expires;
    return message(SOCK_DIAG_BY_FAMILY, raw(body) + attributes);
}

TEST_F(InetDiag, ReadsTheCookieAsOneNumberOf64Bits) {
    parse(socket_message({}));
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<InetFact>()[0].cookie, Cookie{0x2'0000'0001});
}

TEST_F(InetDiag, ReportsARepeatedEndWithoutInodeOnce) {
    parse(socket_message({.inode = 0}) + socket_message({.inode = 0}));
    EXPECT_EQ(collected.size(), 1U);
}

TEST_F(InetDiag, TakesATimerThatIsOverdueAsDue) {
    parse(socket_message({.timer = 1, .expires = static_cast<std::uint32_t>(-4)}));
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<InetFact>()[0].tcp.timer, (TcpTimer{TcpTimerKind::retransmit, 0, 0}));
}

TEST_F(InetDiag, TakesOfAShortTcpInfoWhatIsThere) {
    constexpr std::size_t before_window = 228; // offsetof(tcp_info, tcpi_snd_wnd)
    parse(socket_message({}, attribute(INET_DIAG_INFO, std::string(before_window + 3, '\1'))));
    ASSERT_EQ(collected.size(), 1U);
    const auto tcp = collected.of<InetFact>()[0].tcp;
    EXPECT_EQ(tcp.send_window, std::nullopt);
    EXPECT_EQ(tcp.bytes_acked, 0x0101010101010101U);
    EXPECT_EQ(tcp.rtt_us, 0x01010101U);
}

TEST_F(InetDiag, TakesALongTcpInfoOfALaterKernel) {
    parse(socket_message({}, attribute(INET_DIAG_INFO, std::string(400, '\1'))));
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<InetFact>()[0].tcp.send_window, 0x01010101U);
}

TEST_F(InetDiag, PassesOverAttributesItDoesNotKnow) {
    EXPECT_EQ(parse(socket_message({}, attribute(99, "later"))).malformed, 0U);
    EXPECT_EQ(collected.size(), 1U);
}

TEST_F(InetDiag, RefusesARecordWhoseAttributeIsTooShortForItsType) {
    for (const auto type : {INET_DIAG_SKMEMINFO, INET_DIAG_CGROUP_ID})
        EXPECT_EQ(parse(socket_message({}, attribute(static_cast<std::uint16_t>(type), "\1\2\3"))).malformed,
                  1U)
            << type;
    EXPECT_EQ(parse(socket_message({}, attribute(INET_DIAG_SKV6ONLY, ""))).malformed, 1U);
    EXPECT_EQ(parse(socket_message({}, raw(nlattr{200, INET_DIAG_CONG}))).malformed, 1U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(InetDiag, RefusesAnotherFamilyAndAStateThatIsNone) {
    EXPECT_EQ(parse(socket_message({.family = AF_UNIX})).malformed, 1U);
    EXPECT_EQ(parse(socket_message({.state = 0})).malformed, 1U);
    EXPECT_EQ(parse(socket_message({.state = 200})).malformed, 1U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(InetDiag, EndsWithTheErrnoOfTheKernel) {
    EXPECT_EQ(parse(message(NLMSG_DONE, raw(std::int32_t{-ENOENT}))).error, ENOENT);
}

} // namespace
} // namespace otherend::system
