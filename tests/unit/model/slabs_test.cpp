// SPDX-License-Identifier: MIT
#include "model/slabs.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace otherend::model {
namespace {

TEST(Slabs, KeepsWhatWasAddedWhereItIs) {
    Slabs<int> slabs;
    EXPECT_EQ(slabs.size(), 0U);
    std::vector<int*> places;
    for (int i = 0; i < 10'000; ++i) {
        auto& added = slabs.emplace_back();
        EXPECT_EQ(added, 0);
        added = i;
        places.push_back(&added);
    }
    EXPECT_EQ(slabs.size(), 10'000U);
    for (std::size_t i = 0; i < places.size(); ++i) {
        EXPECT_EQ(&slabs[i], places[i]);
        EXPECT_EQ(slabs[i], static_cast<int>(i));
    }
}

TEST(Slabs, MovesAsAWhole) {
    Slabs<int> slabs;
    slabs.emplace_back() = 7;
    const auto* place = &slabs[0];
    const Slabs<int> moved = std::move(slabs);
    EXPECT_EQ(moved.size(), 1U);
    EXPECT_EQ(&moved[0], place);
}

} // namespace
} // namespace otherend::model
