// SPDX-License-Identifier: MIT
#include "system/conntrack.hpp"

#include "collected.hpp"
#include "harness/feature.hpp"
#include "inet_sockets.hpp"
#include "recorded.hpp"
#include "tree.hpp"

#include <cerrno>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

namespace otherend::system {
namespace {

using model::ConntrackFact;

constexpr NetnsId netns{5};

// Runs `work` on a thread in a network namespace where connections to 127.0.0.9:80 go to 127.0.0.1:4000.
void behind_nat(const std::function<void()>& work) {
    std::thread([&] {
        ASSERT_TRUE(harness::enter_nat()) << "the feature was there a moment ago";
        work();
    }).join();
}

class ConntrackDump : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto why = harness::missing(harness::Feature::nat))
            GTEST_SKIP() << *why;
    }
    void expect_one_translation(const IpEndpoint& client, const IpEndpoint& server) const {
        const auto facts = collected.of<ConntrackFact>();
        ASSERT_EQ(facts.size(), 1U);
        EXPECT_EQ(collected.size(), 1U);
        EXPECT_EQ(facts[0].netns, netns);
        EXPECT_EQ(facts[0].kind, Kind::tcp);
        EXPECT_EQ(facts[0].original_source, client);
        EXPECT_EQ(facts[0].original_destination, (IpEndpoint{IpAddress::from_ipv4(published), 80}));
        EXPECT_EQ(facts[0].reply_source, server);
        EXPECT_EQ(facts[0].reply_destination, client);
    }

    static constexpr std::array<std::uint8_t, 4> published{127, 0, 0, 9};
    Collected collected;
};

TEST_F(ConntrackDump, TellsATranslatedConnectionAndNoOther) {
    behind_nat([&] {
        const auto listener = listening("127.0.0.1", 3, 4000);
        const auto plain = connected("127.0.0.1", 4000), through = connected("127.0.0.9", 80);
        ASSERT_TRUE(dump_conntrack(netns, collected.sink()));
        expect_one_translation(local_of(through), local_of(listener));
    });
}

TEST_F(ConntrackDump, IsTakenWhereSomethingIsTracked) {
    behind_nat([&] {
        const auto proc = Procfs::open().value();
        ASSERT_TRUE(report_translations(proc, Pid{gettid()}, netns, collected.sink()));
        EXPECT_EQ(collected.size(), 0U);
        const auto listener = listening("127.0.0.1", 3, 4000);
        const auto through = connected("127.0.0.9", 80);
        ASSERT_TRUE(report_translations(proc, Pid{gettid()}, netns, collected.sink()));
        expect_one_translation(local_of(through), local_of(listener));
    });
}

TEST_F(ConntrackDump, IsRefusedToNobody) {
    const Tree tree;
    tree.file("sys/net/netfilter/nf_conntrack_count", "1\n");
    std::filesystem::permissions(tree.at("."), std::filesystem::perms::all);
    const auto proc = tree.open();
    const Nobody nobody;
    const auto told = report_translations(proc, Pid{100}, netns, collected.sink());
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().kind, ErrorClass::not_permitted);
}

TEST(Translations, AreNotAskedForWhereNothingIsTracked) {
    const Tree tree;
    tree.file("sys/net/netfilter/nf_conntrack_count", "0\n");
    std::filesystem::permissions(tree.at("."), std::filesystem::perms::all);
    const auto proc = tree.open();
    Collected collected;
    const Nobody nobody; // to whom ctnetlink would tell nothing
    EXPECT_TRUE(report_translations(proc, Pid{100}, netns, collected.sink()));
}

TEST(Translations, AreInATableAsWell) {
    const Tree tree;
    tree.file("100/net/nf_conntrack", recorded("conntrack_table.txt") + "garbage\n");
    Collected collected;
    ASSERT_TRUE(report_conntrack_table(tree.open(), Pid{100}, netns, collected.sink()));
    EXPECT_EQ(collected.of<ConntrackFact>().size(), 3U);
    ASSERT_EQ(collected.of<model::UnseenFact>().size(), 1U);
    EXPECT_EQ(collected.of<model::UnseenFact>()[0].count, 1U);
    EXPECT_FALSE(report_conntrack_table(tree.open(), Pid{200}, netns, collected.sink()));
}

TEST(ConntrackError, TellsLackingFromRefused) {
    for (const int code : {EINVAL, ENOENT, EPROTONOSUPPORT})
        EXPECT_EQ(conntrack_error(code).kind, ErrorClass::unsupported) << code;
    EXPECT_EQ(conntrack_error(EPERM).kind, ErrorClass::not_permitted);
    EXPECT_EQ(conntrack_error(ENOBUFS).kind, ErrorClass::failed);
}

} // namespace
} // namespace otherend::system
