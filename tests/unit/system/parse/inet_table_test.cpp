// SPDX-License-Identifier: MIT
#include "system/parse/inet_table.hpp"

#include "../collected.hpp"
#include "../recorded.hpp"
#include "base/ip_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace otherend::system {
namespace {

using model::InetFact;

constexpr NetnsId netns{4026531833};
constexpr std::uint32_t ticks_per_second = 100;
const std::string header =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";

class InetTable : public testing::Test {
  protected:
    std::uint64_t parse(const std::string& text, Kind kind = Kind::tcp) {
        return parse_inet_table(text, kind, netns, ticks_per_second, collected.sink());
    }
    void parse_recordings() {
        EXPECT_EQ(parse(recorded("inet_table_tcp.txt")), 0U);
        EXPECT_EQ(parse(recorded("inet_table_tcp6.txt")), 0U);
        EXPECT_EQ(parse(recorded("inet_table_udp.txt"), Kind::udp), 0U);
        EXPECT_EQ(parse(recorded("inet_table_udp6.txt"), Kind::udp), 0U);
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
    InetFact in(TcpState state) {
        return the([&](const InetFact& fact) { return fact.tcp.state == state; }, "a state");
    }

    std::map<std::string, RecordedEnd> truth = recorded_ends();
    Collected collected;
};

TEST_F(InetTable, TellsBothAddressesOfEachSocketOnce) {
    parse_recordings();
    truth.erase("bound");                            // in no table
    truth.at("link_local").local = "[fe80::1]:4003"; // the table does not tell the scope
    for (const auto& [label, end] : truth) {
        const auto fact = fact_of(label);
        EXPECT_EQ(endpoint_text(fact.local), end.local) << label;
        EXPECT_EQ(fact.remote ? endpoint_text(*fact.remote) : "-", end.remote) << label;
        EXPECT_EQ(fact.open, true) << label;
        EXPECT_EQ(fact.uid, 0U) << label;
        EXPECT_EQ(fact.netns, netns) << label;
        EXPECT_EQ(fact.source, model::Source::proc) << label;
        EXPECT_EQ(fact.kind, label.starts_with("udp") ? Kind::udp : Kind::tcp) << label;
    }
}

TEST_F(InetTable, TellsQueuesOfWhatHasSome) {
    parse_recordings();
    EXPECT_EQ(fact_of("listener").queue_length, 1U);
    EXPECT_EQ(fact_of("listener").backlog_limit, std::nullopt);
    EXPECT_EQ(fact_of("listener").rx_bytes, std::nullopt);
    EXPECT_EQ(fact_of("client_accepted").rx_bytes, 5U);
    EXPECT_GT(fact_of("zero_window").tx_bytes, 65536U);
    EXPECT_GT(fact_of("udp").rx_bytes, 10U);
    EXPECT_EQ(in(TcpState::time_wait).rx_bytes, std::nullopt);
}

TEST_F(InetTable, TellsTimersInMilliseconds) {
    parse_recordings();
    EXPECT_EQ(fact_of("client").tcp.timer, std::nullopt);
    EXPECT_EQ(fact_of("kept_alive").tcp.timer->kind, TcpTimerKind::keepalive);
    EXPECT_GT(fact_of("kept_alive").tcp.timer->expires_ms, 7'000'000U);
    EXPECT_LE(fact_of("kept_alive").tcp.timer->expires_ms, 7'200'000U);
    EXPECT_EQ(fact_of("zero_window").tcp.timer->kind, TcpTimerKind::probe);
    EXPECT_EQ(fact_of("unanswered").tcp.timer->retries, 1U);
    EXPECT_EQ(fact_of("unanswered").tcp.retransmits, 1U);
    EXPECT_EQ(in(TcpState::syn_recv).tcp.timer->retries, 1U);
    EXPECT_EQ(in(TcpState::time_wait).tcp.timer->kind, TcpTimerKind::time_wait);
    EXPECT_EQ(in(TcpState::time_wait).tcp.retransmits, std::nullopt);
    EXPECT_EQ(in(TcpState::time_wait).uid, std::nullopt);
}

TEST_F(InetTable, SurvivesATimerThatDoesNotFit) {
    parse(header + "0: 0100007F:0FA0 0100007F:9888 01 0:0 02:FFFFFFFFFFFFFFFF 0 0 0 5 1 0");
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<InetFact>()[0].tcp.timer->expires_ms, 0xffffffffU);
}

TEST_F(InetTable, CountsWhatIsNoRow) {
    for (const auto* line :
         {"garbage", "0: 0100007F:0FA0", "0: 0100007:0FA0 0100007F:9888 01 0:0 0:0 0 0 0 5 1 0",
          "0: 0100007F:0FA0 0100007F:9888 00 0:0 0:0 0 0 0 5 1 0",
          "0: 0100007F:1FFFF 0100007F:9888 01 0:0 0:0 0 0 0 5 1 0",
          "0: 0100007F:0FA0 0100007F:9888 01 0:0 0:0 0 0 0 5"})
        EXPECT_EQ(parse(header + line), 1U) << line;
    EXPECT_EQ(parse(""), 0U);
    EXPECT_EQ(parse(header), 0U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(InetTable, CutAnywhereNeverInvents) {
    const auto whole = recorded("inet_table_tcp6.txt");
    parse(whole);
    const auto true_facts = collected.of<InetFact>();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Collected cut;
        const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        parse_inet_table({part.data(), part.size()}, Kind::tcp, netns, ticks_per_second, cut.sink());
        const auto facts = cut.of<InetFact>();
        ASSERT_LE(facts.size(), true_facts.size()) << length;
        for (std::size_t i = 0; i < facts.size(); ++i) {
            EXPECT_EQ(facts[i].socket, true_facts[i].socket) << length;
            EXPECT_EQ(facts[i].local, true_facts[i].local) << length;
            EXPECT_EQ(facts[i].remote, true_facts[i].remote) << length;
        }
    }
}

} // namespace
} // namespace otherend::system
