// SPDX-License-Identifier: MIT
#include "system/parse/status.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace otherend::system {
namespace {

TEST(MagicLink, HasANumberOfTheTypeAskedFor) {
    EXPECT_EQ(number_in_link("socket:[70162]", "socket"), 70162U);
    EXPECT_EQ(number_in_link("net:[4026531840]", "net"), 4026531840U);
    EXPECT_EQ(number_in_link("socket:[18446744073709551615]", "socket"),
              std::numeric_limits<std::uint64_t>::max());
}

TEST(MagicLink, IsRefusedUnlessAllOfItFits) {
    for (const auto* target :
         {"", "socket", "socket:", "socket:[", "socket:[]", "socket:[]]", "socket:[12", "socket:12]",
          "socket:[1x]", "socket:[-1]", "socket:[ 1]", "socket:[1] ", "pipe:[1]", "/socket:[1]",
          "socket:[1] (deleted)", "socket:[18446744073709551616]"})
        EXPECT_EQ(number_in_link(target, "socket"), std::nullopt) << target;
}

TEST(Status, TellsEffectiveUidAndCapabilities) {
    const auto status = parse_status("Name:\tx\nUid:\t1000\t33\t44\t55\nCapPrm:\t0000000000000001\n"
                                     "CapEff:\t000001fffeffffff\n");
    EXPECT_EQ(status.effective_uid, 33U);
    EXPECT_FALSE(status.has_memory);
    EXPECT_TRUE(parse_status("VmSize:\t    5480 kB\n").has_memory);
    EXPECT_EQ(status.effective_capabilities, 0x1fffeffffffU);
}

TEST(Status, TellsThePidInTheInnermostNamespace) {
    EXPECT_EQ(parse_status("NSpid:\t7807\n").own_pid, 7807);
    EXPECT_EQ(parse_status("NStgid:\t5\t6\nNSpid:\t7807\t33\t1\n").own_pid, 1);
    for (const auto* text : {"", "NSpid:", "NSpid:\n", "NSpid:\t\n", "NSpid:\t7\t\n", "NSpid:\t7\tx\n"})
        EXPECT_EQ(parse_status(text).own_pid, std::nullopt) << text;
}

TEST(Status, KnowsNothingOfWhatIsNotThere) {
    for (const auto* text :
         {"", "\n\n", "Uid:", "Uid:\t", "Uid:\t0", "Uid:\t0\t", "Uid:\t0\tx\t0\t0\n", "CapEff:\txyz\n"}) {
        EXPECT_EQ(parse_status(text).effective_uid, std::nullopt) << text;
        EXPECT_EQ(parse_status(text).effective_capabilities, std::nullopt) << text;
    }
}

TEST(SystemCallLine, TellsNumberAndFirstArgument) {
    const auto call = parse_syscall("42 0x3 0x7ffe5d0 0x6e 0x0 0x0 0x0 0x7ffe5c8 0x7f1200\n");
    ASSERT_TRUE(call);
    EXPECT_EQ(call->number, 42);
    EXPECT_EQ(call->first_argument, 3U);
}

TEST(SystemCallLine, IsNoneWhileATaskRunsOrSleepsElsewhere) {
    for (const auto* line :
         {"", "running\n", "-1 0x7ffe5c8 0x7f1200\n", "42", "42 ", "42 3 4\n", "42 0x\n", "42 0xg 0x0\n",
          "x 0x3 0x0\n", "99999999999999999999 0x3 0x0\n", "42 0x10000000000000000 0x0\n"})
        EXPECT_FALSE(parse_syscall(line)) << line;
}

} // namespace
} // namespace otherend::system
