// SPDX-License-Identifier: MIT
#include "system/parse/fdinfo.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>

namespace otherend::system {
namespace {

TEST(Fdinfo, TellsFlagsAndMount) {
    const auto info = parse_fdinfo("pos:\t0\nflags:\t02100002\nmnt_id:\t24\nino:\t91\n");
    EXPECT_EQ(info.flags, O_RDWR | O_CLOEXEC | 0100000);
    EXPECT_EQ(info.mount_id, 24);
    EXPECT_EQ(info.tty_index, std::nullopt);
    EXPECT_EQ(info.queued_fds, std::nullopt);
}

TEST(Fdinfo, TellsTheIndexOfAPtyMaster) {
    EXPECT_EQ(parse_fdinfo("flags:\t02\ntty-index:\t7\n").tty_index, 7U);
    EXPECT_EQ(parse_fdinfo("tty-index:\t0").tty_index, 0U);
}

TEST(Fdinfo, TellsDescriptorsInMessages) {
    EXPECT_EQ(parse_fdinfo("pos:\t0\nscm_fds: 3\n").queued_fds, 3U);
    EXPECT_EQ(parse_fdinfo("scm_fds: 0\n").queued_fds, 0U);
}

TEST(Fdinfo, LeavesAbsentWhatIsBroken) {
    for (const std::string value : {"", "\t", "\t8", "\t0x1", "\t1 ", "\t\t1", "\t77777777777777"})
        EXPECT_EQ(parse_fdinfo("flags:" + value + "\n").flags, std::nullopt) << value;
    EXPECT_EQ(parse_fdinfo("tty-index:\t4294967296\n").tty_index, std::nullopt);
    EXPECT_EQ(parse_fdinfo("mnt_id:\tx\n").mount_id, std::nullopt);
    EXPECT_EQ(parse_fdinfo(" flags:\t1\nFlags:\t1\nflags\n").flags, std::nullopt);
    EXPECT_EQ(parse_fdinfo("").flags, std::nullopt);
}

} // namespace
} // namespace otherend::system
