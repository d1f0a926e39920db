// SPDX-License-Identifier: MIT
// What an answer does not tell, and the exit code says.
#include "cli/find.hpp"

#include <gtest/gtest.h>

namespace otherend::cli {
namespace {

TEST(Find, WhatRacedOrIsUnknownTellsNobody) {
    for (const auto state : {State::connected, State::pending, State::connecting, State::closed,
                             State::inflight, State::listening, State::unconnected})
        EXPECT_TRUE(is_known({.state = state})) << static_cast<int>(state);
    EXPECT_FALSE(is_known({.state = State::raced}));
    EXPECT_FALSE(is_known({.state = State::unknown}));
}

std::vector<Unseen> unseen_after(const std::vector<Endpoint>& endpoints) {
    Doubts doubts;
    for (const auto& endpoint : endpoints)
        doubts.look_at(endpoint);
    std::vector<Unseen> unseen;
    doubts.add_to(unseen);
    return unseen;
}

TEST(Doubts, CountSocketsThatNobodyIsSeenToHold) {
    const Endpoint unheld{.inode = Inode{1}}, held{.inode = Inode{2}, .holders = {Holder{}}},
        embryo{}; // has no inode: it waits for accept(), and nobody holds it yet
    EXPECT_EQ(unseen_after({held, embryo}).size(), 0U);
    const auto unseen = unseen_after({unheld, held, unheld});
    ASSERT_EQ(unseen.size(), 1U);
    EXPECT_EQ(unseen[0].what, "holders of sockets");
    EXPECT_EQ(unseen[0].count, 2U);
}

TEST(Doubts, CountEdgesThatSockDiagDenies) {
    const Endpoint endpoint{.inode = Inode{1},
                            .holders = {Holder{}},
                            .peers = {Edge{.verified = false}, Edge{.verified = true}, Edge{}}};
    const auto unseen = unseen_after({endpoint});
    ASSERT_EQ(unseen.size(), 1U);
    EXPECT_EQ(unseen[0].what, "edges");
    EXPECT_EQ(unseen[0].count, 1U);
}

} // namespace
} // namespace otherend::cli
