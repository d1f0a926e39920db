// SPDX-License-Identifier: MIT
// An Index for keys that are costly to compare: about one entry in each bucket, instead of a search through all.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace otherend::query {

template <typename Key, typename Value, typename Hash> class HashIndex {
  public:
    using Entry = std::pair<Key, Value>;

    void add(const Key& key, Value value) { entries_.emplace_back(key, value); }

    // To be called once, after the last add().
    void close() {
        starts_.assign(std::bit_ceil(entries_.size() + 1) + 1, 0);
        for (const auto& entry : entries_)
            ++starts_[bucket_of(entry.first) + 1];
        for (std::size_t i = 1; i < starts_.size(); ++i)
            starts_[i] += starts_[i - 1];
        std::vector<Entry> placed(entries_.size());
        auto next = starts_;
        for (const auto& entry : entries_)
            placed[next[bucket_of(entry.first)]++] = entry;
        entries_ = std::move(placed);
        for (std::size_t i = 0; i + 1 < starts_.size(); ++i)
            if (starts_[i + 1] - starts_[i] > 1)
                std::ranges::sort(bucket(i));
    }

    // In the order of the values.
    [[nodiscard]] std::span<const Entry> operator[](const Key& key) const {
        const auto found = std::ranges::equal_range(bucket(bucket_of(key)), key, {}, &Entry::first);
        return {found.begin(), found.end()};
    }

  private:
    [[nodiscard]] std::size_t bucket_of(const Key& key) const { return Hash{}(key) & (starts_.size() - 2); }
    [[nodiscard]] std::span<Entry> bucket(std::size_t i) {
        return std::span(entries_).subspan(starts_[i], starts_[i + 1] - starts_[i]);
    }
    [[nodiscard]] std::span<const Entry> bucket(std::size_t i) const {
        return std::span(entries_).subspan(starts_[i], starts_[i + 1] - starts_[i]);
    }

    std::vector<Entry> entries_;        // by bucket, and sorted in each
    std::vector<std::uint32_t> starts_; // of each bucket, a power of two of them, and the end of the last
};

} // namespace otherend::query
