// SPDX-License-Identifier: MIT
// A multimap that is filled first and read afterwards: one sorted vector, no node per entry.
#pragma once

#include <algorithm>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

namespace otherend::query {

template <typename Key, typename Value> class Index {
  public:
    void add(Key key, Value value) { entries_.emplace_back(key, value); }

    // To be called once, after the last add().
    void close() {
        std::ranges::sort(entries_);
        const auto repeated = std::ranges::unique(entries_);
        entries_.erase(repeated.begin(), repeated.end());
    }

    [[nodiscard]] std::span<const std::pair<Key, Value>> operator[](Key key) const {
        const auto found = std::ranges::equal_range(entries_, key, {}, &std::pair<Key, Value>::first);
        return {found.begin(), found.end()};
    }

  private:
    std::vector<std::pair<Key, Value>> entries_;
};

} // namespace otherend::query
