// SPDX-License-Identifier: MIT
#include "system/parse/mounts.hpp"

#include <gtest/gtest.h>

namespace otherend::system {
namespace {

TEST(Mounts, TellRootPointTypeAndOptions) {
    const auto mounts =
        parse_mounts("22 27 0:21 / /proc rw,relatime shared:5 master:1 - proc proc rw,hidepid=invisible\n"
                     "60 27 0:4 net:[4026532233] /run/netns/blue rw - nsfs nsfs rw\n");
    ASSERT_EQ(mounts.size(), 2U);
    EXPECT_EQ(mounts[0].type, "proc");
    EXPECT_EQ(mounts[0].point, "/proc");
    EXPECT_EQ(mounts[0].options, "rw,hidepid=invisible");
    EXPECT_EQ(mounts[1].type, "nsfs");
    EXPECT_EQ(mounts[1].root, "net:[4026532233]");
    EXPECT_EQ(mounts[1].point, "/run/netns/blue");
}

TEST(Mounts, HaveTheirEscapesUndone) {
    const auto mounts = parse_mounts("60 27 0:4 net:[1] /a\\040b\\011c\\012d\\134e\\9 rw - nsfs nsfs rw\n");
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_EQ(mounts[0].point, "/a b\tc\nd\\e\\9");
}

TEST(Mounts, KeepABackslashThatStartsNoWholeEscape) {
    for (const std::string point : {"/a\\", "/a\\1", "/a\\01", "/a\\400", "/a\\08x"}) {
        const auto mounts = parse_mounts("60 27 0:4 / " + point + " rw - nsfs nsfs rw\n");
        ASSERT_EQ(mounts.size(), 1U);
        EXPECT_EQ(mounts[0].point, point);
    }
}

TEST(Mounts, AreNoneInBrokenLines) {
    for (const auto* text : {"", "\n", "22\n", "22 27 0:21 / /proc rw", "22 27 0:21 / /proc rw -",
                             "- - - - -\n", "22 27 0:21 / /proc rw - \n"})
        EXPECT_TRUE(parse_mounts(text).empty()) << text;
}

TEST(MountOption, IsFoundByItsWholeName) {
    EXPECT_EQ(mount_option("rw,gid=4,hidepid=2", "hidepid"), "2");
    EXPECT_EQ(mount_option("hidepid=ptraceable,rw", "hidepid"), "ptraceable");
    EXPECT_EQ(mount_option("rw,xhidepid=2", "hidepid"), "");
    EXPECT_EQ(mount_option("rw", "hidepid"), "");
    EXPECT_EQ(mount_option("", "hidepid"), "");
}

} // namespace
} // namespace otherend::system
