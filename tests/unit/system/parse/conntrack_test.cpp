// SPDX-License-Identifier: MIT
#include "system/parse/conntrack.hpp"

#include "../collected.hpp"
#include "../messages.hpp"
#include "../recorded.hpp"
#include "base/ip_text.hpp"
#include "system/parse/conntrack_table.hpp"

#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <set>

namespace otherend::system {
namespace {

using model::ConntrackFact;

constexpr NetnsId netns{4026531833};
constexpr std::uint16_t entry_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;

std::string text_of(const ConntrackFact& fact) {
    return (fact.kind == Kind::tcp ? "tcp " : "udp ") + endpoint_text(fact.original_source) + " " +
           endpoint_text(fact.original_destination) + " " + endpoint_text(fact.reply_source) + " " +
           endpoint_text(fact.reply_destination);
}

std::multiset<std::string> texts_in(const Collected& collected) {
    std::multiset<std::string> texts;
    for (const auto& fact : collected.of<ConntrackFact>()) {
        EXPECT_EQ(fact.netns, netns);
        texts.insert(text_of(fact));
    }
    return texts;
}

// What the rules of data/record_inet.py translate.
std::multiset<std::string> recorded_translations() {
    const auto truth = recorded_ends();
    const auto client = truth.at("nat_client").local, client6 = truth.at("nat6_client").local;
    const auto udp = truth.at("udp_nat").local;
    return {"tcp " + client + " 127.0.0.9:80 127.0.0.1:4000 " + client,
            "tcp " + client6 + " [::1]:80 [::1]:4001 " + client6,
            "udp " + udp + " 127.0.0.9:53 127.0.0.1:4010 " + udp};
}

class Conntrack : public testing::Test {
  protected:
    DumpProgress parse(const std::string& datagram) {
        DumpProgress progress;
        parse_conntrack(bytes(datagram), netns, collected.sink(), progress);
        return progress;
    }
    Collected collected;
};

class ConntrackTable : public testing::Test {
  protected:
    std::uint64_t parse(std::string_view text) {
        return parse_conntrack_table(text, netns, collected.sink());
    }
    Collected collected;
};

TEST_F(Conntrack, TellsWhatIsTranslatedAndNothingElse) {
    const auto progress = parse(recorded("conntrack.bin"));
    EXPECT_TRUE(progress.done);
    EXPECT_EQ(progress.malformed, 0U);
    EXPECT_EQ(texts_in(collected), recorded_translations());
    EXPECT_EQ(collected.size(), 3U);
}

TEST_F(Conntrack, CutAnywhereNeverInvents) {
    const auto whole = recorded("conntrack.bin");
    const auto truth = recorded_translations();
    for (std::size_t length = 1; length < whole.size(); ++length) {
        Collected cut;
        DumpProgress progress;
        // In a block of its own, so that a sanitizer sees the first byte read too many.
        const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        parse_conntrack(std::as_bytes(std::span(part)), netns, cut.sink(), progress);
        EXPECT_TRUE(progress.malformed > 0 || !progress.done) << length;
        for (const auto& text : texts_in(cut))
            EXPECT_TRUE(truth.contains(text)) << length;
    }
}

std::string address(std::uint16_t type, std::uint32_t host_order) {
    return attribute(type, raw(htonl(host_order)));
}
std::string port(std::uint16_t type, std::uint16_t host_order) {
    return attribute(type, raw(htons(host_order)));
}
std::string tuple(std::uint16_t type, std::uint8_t protocol, const std::string& ports) {
    const auto addresses = address(CTA_IP_V4_SRC, 0x0a000001) + address(CTA_IP_V4_DST, 0x0a000002);
    return attribute(type | NLA_F_NESTED, attribute(CTA_TUPLE_IP | NLA_F_NESTED, addresses) +
                                              attribute(CTA_TUPLE_PROTO | NLA_F_NESTED,
                                                        attribute(CTA_PROTO_NUM, raw(protocol)) + ports));
}
std::string entry(const std::string& attributes) {
    return message(entry_type,
                   raw(nfgenmsg{.nfgen_family = AF_INET, .version = 0, .res_id = 0}) + attributes);
}
const std::string ports = port(CTA_PROTO_SRC_PORT, 4000) + port(CTA_PROTO_DST_PORT, 80);

TEST_F(Conntrack, TakesATupleApart) {
    const auto both = tuple(CTA_TUPLE_ORIG, IPPROTO_UDP, ports) + tuple(CTA_TUPLE_REPLY, IPPROTO_UDP, ports);
    EXPECT_EQ(parse(entry(both + attribute(99, "later"))).malformed, 0U);
    EXPECT_EQ(texts_in(collected),
              std::multiset<std::string>{"udp 10.0.0.1:4000 10.0.0.2:80 10.0.0.1:4000 10.0.0.2:80"});
}

TEST_F(Conntrack, PassesOverOtherProtocols) {
    const auto both = tuple(CTA_TUPLE_ORIG, IPPROTO_ICMP, "") + tuple(CTA_TUPLE_REPLY, IPPROTO_ICMP, "");
    EXPECT_EQ(parse(entry(both)).malformed, 0U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(Conntrack, RefusesAnEntryThatLacksAPart) {
    const auto original = tuple(CTA_TUPLE_ORIG, IPPROTO_TCP, ports);
    EXPECT_EQ(parse(entry(original)).malformed, 1U);
    EXPECT_EQ(parse(entry(original + tuple(CTA_TUPLE_REPLY, IPPROTO_UDP, ports))).malformed, 1U);
    EXPECT_EQ(
        parse(entry(original + tuple(CTA_TUPLE_REPLY, IPPROTO_TCP, port(CTA_PROTO_SRC_PORT, 1)))).malformed,
        1U);
    EXPECT_EQ(parse(entry(original + tuple(CTA_TUPLE_REPLY, IPPROTO_TCP, attribute(CTA_PROTO_SRC_PORT, "1"))))
                  .malformed,
              1U);
    EXPECT_EQ(parse(entry("")).malformed, 1U);
    EXPECT_EQ(parse(message(entry_type, "1")).malformed, 1U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(ConntrackTable, TellsTheSame) {
    EXPECT_EQ(parse(recorded("conntrack_table.txt")), 0U);
    EXPECT_EQ(texts_in(collected), recorded_translations());
}

TEST_F(ConntrackTable, ReadsARowThatCountsItsPackets) {
    EXPECT_EQ(
        parse("ipv4 2 tcp 6 9 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=4000 dport=80 packets=3 bytes=164 "
              "[UNREPLIED] src=10.0.0.3 dst=10.0.0.1 sport=8080 dport=4000 packets=0 bytes=0 mark=0 use=2\n"),
        0U);
    EXPECT_EQ(texts_in(collected),
              std::multiset<std::string>{"tcp 10.0.0.1:4000 10.0.0.2:80 10.0.0.3:8080 10.0.0.1:4000"});
}

TEST_F(ConntrackTable, PassesOverOtherProtocolsAndCountsWhatIsNoRow) {
    EXPECT_EQ(parse("ipv4 2 icmp 1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=1 src=10.0.0.2 dst=10.0.0.1 "
                    "type=0 code=0 id=1 mark=0 use=2\ngarbage\nipv4 2 tcp 6 9 src=10.0.0.1\n"),
              2U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST_F(ConntrackTable, CutAnywhereNeverInvents) {
    const auto whole = recorded("conntrack_table.txt");
    const auto truth = recorded_translations();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Collected cut;
        parse_conntrack_table(std::string_view(whole).substr(0, length), netns, cut.sink());
        for (const auto& text : texts_in(cut))
            EXPECT_TRUE(truth.contains(text)) << length;
    }
}

} // namespace
} // namespace otherend::system
