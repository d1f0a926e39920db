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
    EXPECT_EQ(mounts[0].id, 22);
    EXPECT_EQ(mounts[0].parent, 27);
    EXPECT_EQ(mounts[0].device, 21U);
    EXPECT_EQ(mounts[0].type, "proc");
    EXPECT_EQ(mounts[0].point, "/proc");
    EXPECT_EQ(mounts[0].options, "rw,hidepid=invisible");
    EXPECT_EQ(mounts[1].type, "nsfs");
    EXPECT_EQ(mounts[1].root, "net:[4026532233]");
    EXPECT_EQ(mounts[1].point, "/run/netns/blue");
}

TEST(Mounts, HaveADeviceAsTheKernelEncodesIt) {
    const auto device = [](const std::string& text) {
        return parse_mounts("1 2 " + text + " / /a rw - ext4 /dev/vda rw\n").at(0).device;
    };
    EXPECT_EQ(device("254:1"), 254U << 20 | 1);
    EXPECT_EQ(device("0:1048575"), 1048575U);
    for (const auto* text : {"", "254", "254:", ":1", "x:1", "1:x", "-1:1", "1:2:3"})
        EXPECT_EQ(device(text), 0U) << text;
}

TEST(Mounts, AreStackedAtAPoint) {
    const auto mounts = parse_mounts("24 27 0:6 / /dev rw - devtmpfs devtmpfs rw\n"
                                     "26 24 0:24 / /dev/pts rw - devpts devpts rw\n"
                                     "29 26 0:26 / /dev/pts rw - devpts devpts rw\n"
                                     "30 24 0:27 / /dev/shm rw - tmpfs tmpfs rw\n"
                                     "31 99 0:28 / /dev/pts rw - devpts devpts rw\n");
    const auto ids_at = [&](int parent, std::string_view point) {
        std::vector<int> ids;
        for (const auto& mount : mounts_at(mounts, parent, point))
            ids.push_back(mount.id);
        return ids;
    };
    EXPECT_EQ(ids_at(24, "/dev/pts"), (std::vector{26, 29})) << "the lowest first";
    EXPECT_EQ(ids_at(24, "/dev/shm"), std::vector{30});
    EXPECT_EQ(ids_at(99, "/dev/pts"), std::vector{31});
    EXPECT_EQ(ids_at(24, "/dev"), std::vector<int>{});
    EXPECT_EQ(ids_at(27, "/dev/pts"), std::vector<int>{});
}

TEST(Mounts, ThatStandOnThemselvesEnd) {
    const auto mounts = parse_mounts("5 5 0:1 / /a rw - tmpfs tmpfs rw\n");
    EXPECT_EQ(mounts_at(mounts, 5, "/a").size(), 1U);
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
