// SPDX-License-Identifier: MIT
#include "query/hash_index.hpp"

#include <gtest/gtest.h>

using namespace otherend::query;

namespace {

struct Itself {
    std::size_t operator()(int key) const { return static_cast<std::size_t>(key); }
};
struct AllAlike {
    std::size_t operator()(int) const { return 5; }
};

template <typename Hash> std::vector<int> found(const HashIndex<int, int, Hash>& index, int key) {
    std::vector<int> values;
    for (const auto& [its_key, value] : index[key]) {
        EXPECT_EQ(its_key, key);
        values.push_back(value);
    }
    return values;
}

template <typename Hash> HashIndex<int, int, Hash> filled() {
    HashIndex<int, int, Hash> index;
    for (const int key : {9, 1, 9, 4})
        for (const int value : {2, 1})
            index.add(key, 10 * key + value);
    index.close();
    return index;
}

} // namespace

TEST(HashIndex, FindsTheValuesOfAKeyInTheirOrder) {
    const auto index = filled<Itself>();
    EXPECT_EQ(found(index, 9), (std::vector{91, 91, 92, 92}));
    EXPECT_EQ(found(index, 1), (std::vector{11, 12}));
    EXPECT_EQ(found(index, 25), std::vector<int>()); // shares a bucket with 9
}

TEST(HashIndex, TellsKeysOfOneHashApart) {
    const auto index = filled<AllAlike>();
    EXPECT_EQ(found(index, 4), (std::vector{41, 42}));
    EXPECT_EQ(found(index, 5), std::vector<int>());
}

TEST(HashIndex, WithoutEntriesFindsNothing) {
    HashIndex<int, int, Itself> index;
    index.close();
    EXPECT_EQ(found(index, 0), std::vector<int>());
}
