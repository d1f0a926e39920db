// SPDX-License-Identifier: MIT
// A vector that never moves what it holds: a hundred thousand sockets must not cost twice their size while it grows,
// nor a cache miss more each, as a std::deque of 512-byte blocks does.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace otherend::model {

template <typename T> class Slabs {
  public:
    [[nodiscard]] std::size_t size() const { return size_; }
    T& operator[](std::size_t i) { return slabs_[i / slab][i % slab]; }
    const T& operator[](std::size_t i) const { return slabs_[i / slab][i % slab]; }

    T& emplace_back() {
        if (size_ == slabs_.size() * slab)
            slabs_.push_back(std::make_unique<T[]>(slab));
        return (*this)[size_++];
    }

  private:
    static constexpr std::size_t slab = 1024;

    std::vector<std::unique_ptr<T[]>> slabs_;
    std::size_t size_ = 0;
};

} // namespace otherend::model
