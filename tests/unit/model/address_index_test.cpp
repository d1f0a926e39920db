// SPDX-License-Identifier: MIT
#include "model/address_index.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace otherend::model {
namespace {

// The sockets' addresses, by index, and the index over them.
class Book {
  public:
    void add(std::uint64_t address) {
        addresses_.push_back(address);
        index_.assign(address, static_cast<std::uint32_t>(addresses_.size() - 1), address_of_);
    }
    [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t address) const {
        return index_.find(address, address_of_);
    }

  private:
    std::vector<std::uint64_t> addresses_;
    AddressIndex index_;
    std::function<std::uint64_t(std::uint32_t)> address_of_ = [this](std::uint32_t i) {
        return addresses_[i];
    };
};

TEST(AddressIndex, FindsNothingAtFirst) {
    EXPECT_EQ(Book().find(0xffff888000000400), std::nullopt);
}

TEST(AddressIndex, FindsWhatWasAddedAndNothingElse) {
    Book book;
    for (std::uint64_t i = 0; i < 10'000; ++i)
        book.add(0xffff888000000000 + 0x400 * i);
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        EXPECT_EQ(book.find(0xffff888000000000 + 0x400 * i), i);
        EXPECT_EQ(book.find(0xffff888000000200 + 0x400 * i), std::nullopt);
    }
}

TEST(AddressIndex, LatestSocketAtAnAddressIsFound) {
    Book book;
    book.add(0x1000);
    book.add(0x2000);
    book.add(0x1000);
    EXPECT_EQ(book.find(0x1000), 2U);
    EXPECT_EQ(book.find(0x2000), 1U);
}

TEST(AddressIndex, ReusedAddressesTakeNoRoom) {
    Book book;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        book.add(0x1000 * (i % 3));
        EXPECT_EQ(book.find(0x1000 * (i % 3)), i);
    }
}

TEST(AddressIndex, AgreesWithAMapOnAnyAddresses) {
    std::mt19937_64 random(1);
    Book book;
    std::map<std::uint64_t, std::uint32_t> expected;
    for (std::uint32_t i = 0; i < 50'000; ++i) {
        const auto address = random() >> (random() % 60); // some small, so that they repeat
        book.add(address);
        expected[address] = i;
    }
    for (const auto& [address, index] : expected)
        EXPECT_EQ(book.find(address), index);
}

} // namespace
} // namespace otherend::model
