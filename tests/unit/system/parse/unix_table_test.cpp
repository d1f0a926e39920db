// SPDX-License-Identifier: MIT
#include "system/parse/unix_table.hpp"

#include "../collected.hpp"
#include "../recorded.hpp"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace otherend::system {
namespace {

using model::SocketFact;

constexpr NetnsId netns{4026531833};
const std::string header = "Num       RefCount Protocol Flags    Type St Inode Path\n";

std::map<Inode, SocketFact> by_inode(const Collected& collected) {
    std::map<Inode, SocketFact> facts;
    for (const auto& fact : collected.of<SocketFact>())
        facts[fact.socket.inode] = fact;
    return facts;
}

std::vector<std::string> names_in(const std::string& rows) {
    Collected collected;
    parse_unix_table(header + rows, netns, collected.sink());
    std::vector<std::string> names;
    for (const auto& fact : collected.of<SocketFact>())
        names.emplace_back(fact.name);
    return names;
}

TEST(UnixTable, ReportsEachSocketOnceAndCountsThoseWithoutInode) {
    Collected collected;
    EXPECT_EQ(parse_unix_table(recorded("unix_table.txt"), netns, collected.sink()), 3U);
    const auto truth = recorded_truth();
    EXPECT_EQ(collected.size(), truth.size());
    auto facts = by_inode(collected);
    for (const auto& [label, inode] : truth)
        EXPECT_EQ(facts.count(inode), 1U) << label;
}

TEST(UnixTable, TellsTypeStateAndNameButNoPeer) {
    using namespace std::string_view_literals;
    Collected collected;
    parse_unix_table(recorded("unix_table.txt"), netns, collected.sink());
    const auto truth = recorded_truth();
    auto facts = by_inode(collected);
    const auto of = [&](const std::string& label) { return facts.at(truth.at(label)); };
    EXPECT_EQ(of("server").tcp_state, TCP_LISTEN);
    EXPECT_EQ(of("client").tcp_state, TCP_ESTABLISHED);
    EXPECT_EQ(of("idle").tcp_state, TCP_CLOSE);
    EXPECT_EQ(of("left").type, SOCK_SEQPACKET);
    EXPECT_EQ(of("log").type, SOCK_DGRAM);
    EXPECT_EQ(of("client").peer, std::nullopt);
    EXPECT_EQ(of("client").netns, netns);
    EXPECT_EQ(of("server").name, "server.sock");
    EXPECT_EQ(of("odd").name, "odd \n\xff name\n");
    EXPECT_EQ(of("long").name, std::string(107, 'x'));
    EXPECT_EQ(of("log").name, "\0log@inner"sv); // the kernel prints '@' for the inner NUL as well
    EXPECT_EQ(of("idle").name, "");
}

TEST(UnixTable, KeepsNewlinesAtTheEndOfTheLastName) {
    EXPECT_EQ(names_in("00000000a6d2bf50: 00000002 00000000 00010000 0001 01  1141 /x\n\n\n"),
              std::vector<std::string>{"/x\n\n"});
}

TEST(UnixTable, TakesOnlyTheOneSpaceBeforeAName) {
    EXPECT_EQ(names_in("00000000a6d2bf50: 00000002 00000000 00010000 0001 01  1141  two  spaces \n"),
              std::vector<std::string>{" two  spaces "});
}

TEST(UnixTable, ReadsInodesOfMoreThanFiveDigits) {
    Collected collected;
    parse_unix_table(header + "00000000a6d2bf50: 00000002 00000000 00000000 0001 03 4294967295\n", netns,
                     collected.sink());
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<SocketFact>()[0].socket.inode, Inode{4294967295});
}

TEST(UnixTable, MakesNoNameForASocketThatHasNone) {
    EXPECT_EQ(names_in("00000000a6d2bf50: 00000002 00000000 00000000 0001 01  1141\nno row\n"),
              std::vector<std::string>{""});
}

TEST(UnixTable, PassesOverWhatIsNoRow) {
    EXPECT_TRUE(names_in("").empty());
    EXPECT_TRUE(names_in("garbage\n\n0000: 1 2 3\n").empty());
    EXPECT_TRUE(names_in("00000000a6d2bf50: 00000002 00000000 00010000 0001 01 none /x\n").empty());
    EXPECT_TRUE(names_in("00000000a6d2bf50: 00000002 00000000 00010000 0001\n").empty());
}

TEST(UnixTable, CutAnywhereReportsNoSocketThatIsNotThere) {
    const auto whole = recorded("unix_table.txt");
    Collected all;
    parse_unix_table(whole, netns, all.sink());
    const auto truth = by_inode(all);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Collected cut;
        const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        parse_unix_table({part.data(), part.size()}, netns, cut.sink());
        const auto facts = cut.of<SocketFact>();
        // The last row may have lost digits of its inode; the rows before it are whole.
        for (std::size_t i = 0; i + 1 < facts.size(); ++i) {
            ASSERT_TRUE(truth.contains(facts[i].socket.inode)) << length;
            EXPECT_EQ(facts[i].name, truth.at(facts[i].socket.inode).name) << length;
        }
    }
}

} // namespace
} // namespace otherend::system
