// SPDX-License-Identifier: MIT
#include "system/channel_ends.hpp"

#include "collected.hpp"

#include <gtest/gtest.h>
#include <set>

namespace otherend::system {
namespace {

using model::PipeFact;
using model::PtyFact;

Collected reported(const ChannelEnds& ends, bool saw_every_pipe, bool saw_every_pty) {
    Collected collected;
    ends.report(saw_every_pipe, saw_every_pty, collected.sink());
    return collected;
}

TEST(ChannelEnds, HaveAnAddressThatNothingElseHas) {
    ChannelEnds ends;
    const std::vector refs{ends.pipe(15, Inode{81}, EndpointType::read, {}),
                           ends.pipe(15, Inode{81}, EndpointType::write, {}),
                           ends.pipe(16, Inode{81}, EndpointType::read, {"/fifo"}),
                           ends.pipe(15, Inode{82}, EndpointType::read, {}),
                           ends.pty(15, 81, EndpointType::master),
                           ends.pty(15, 81, EndpointType::slave),
                           ends.pty(16, 81, EndpointType::slave),
                           ends.lost_master(81),
                           ends.lost_master(81)};
    std::set<SockAddress> addresses;
    for (const auto& ref : refs) {
        EXPECT_TRUE(model::is_made_up(ref.address));
        EXPECT_TRUE(addresses.insert(ref.address).second);
    }
    EXPECT_EQ(refs[0].inode, Inode{81});
    EXPECT_EQ(refs[4].inode, Inode{});
    EXPECT_EQ(ends.pipe(15, Inode{81}, EndpointType::write, {}), refs[1]) << "seen again";
    EXPECT_EQ(ends.pty(15, 81, EndpointType::master), refs[4]);
}

TEST(ChannelEnds, OfAPipeNameEachOther) {
    ChannelEnds ends;
    const auto read = ends.pipe(15, Inode{81}, EndpointType::read, {});
    const auto write = ends.pipe(15, Inode{81}, EndpointType::write, {"/run/fifo", true});
    const auto collected = reported(ends, false, false);
    const auto pipes = collected.of<PipeFact>();
    ASSERT_EQ(pipes.size(), 2U);
    EXPECT_EQ(pipes[0].end, read);
    EXPECT_EQ(pipes[0].other, write);
    EXPECT_EQ(pipes[0].type, EndpointType::read);
    EXPECT_EQ(pipes[0].device, 15U);
    EXPECT_EQ(pipes[0].other_open, true);
    EXPECT_EQ(pipes[0].path, "/run/fifo") << "whichever descriptor told it";
    EXPECT_TRUE(pipes[0].unlinked);
    EXPECT_TRUE(pipes[0].is_fifo);
    EXPECT_EQ(pipes[1].end, write);
    EXPECT_EQ(pipes[1].other, read);
    EXPECT_EQ(pipes[1].type, EndpointType::write);
    EXPECT_TRUE(ends.are_whole());
}

TEST(ChannelEnds, OfAPtyNameEachOther) {
    ChannelEnds ends;
    const auto slave = ends.pty(26, 3, EndpointType::slave);
    const auto master = ends.pty(26, 3, EndpointType::master);
    const auto collected = reported(ends, false, false);
    const auto ptys = collected.of<PtyFact>();
    ASSERT_EQ(ptys.size(), 2U);
    EXPECT_EQ(ptys[0].end, master);
    EXPECT_EQ(ptys[0].other, slave);
    EXPECT_EQ(ptys[0].type, EndpointType::master);
    EXPECT_EQ(ptys[0].index, 3U);
    EXPECT_EQ(ptys[0].device, 26U);
    EXPECT_EQ(ptys[1].type, EndpointType::slave);
    EXPECT_EQ(ptys[1].other_open, true);
}

TEST(ChannelEnds, AreClosedOnlyIfEverythingWasSeen) {
    ChannelEnds ends;
    ends.pipe(15, Inode{81}, EndpointType::read, {});
    ends.pty(26, 3, EndpointType::slave);
    EXPECT_FALSE(ends.are_whole());
    for (const bool saw_pipes : {false, true})
        for (const bool saw_ptys : {false, true}) {
            const auto collected = reported(ends, saw_pipes, saw_ptys);
            ASSERT_EQ(collected.size(), 2U) << "what nobody was seen to hold is not reported";
            EXPECT_EQ(collected.of<PipeFact>()[0].other_open,
                      saw_pipes ? std::optional(false) : std::nullopt);
            EXPECT_EQ(collected.of<PtyFact>()[0].other_open, saw_ptys ? std::optional(false) : std::nullopt);
        }
}

TEST(ChannelEnds, LostMasterHasNoOtherEndAndMayBeAnyOfItsNumber) {
    ChannelEnds ends;
    ends.pty(26, 3, EndpointType::slave);
    EXPECT_FALSE(ends.may_have_master(26, 3));
    const auto lost = ends.lost_master(3);
    EXPECT_TRUE(ends.may_have_master(26, 3));
    EXPECT_FALSE(ends.may_have_master(26, 4));
    const auto collected = reported(ends, true, true);
    const auto ptys = collected.of<PtyFact>();
    ASSERT_EQ(ptys.size(), 2U);
    EXPECT_EQ(ptys[1].end, lost);
    EXPECT_EQ(ptys[1].other, model::SocketRef{});
    EXPECT_EQ(ptys[1].device, 0U);
    EXPECT_EQ(ptys[1].index, 3U);
    EXPECT_EQ(ptys[1].other_open, std::nullopt);
    ends.pty(26, 4, EndpointType::master);
    EXPECT_TRUE(ends.may_have_master(26, 4));
    EXPECT_FALSE(ends.may_have_master(27, 4));
}

} // namespace
} // namespace otherend::system
