// SPDX-License-Identifier: MIT
// Kernel address -> index of the socket that has it. Eight bytes an entry, so that the table of a hundred thousand
// sockets stays in the processor's cache: half the time a snapshot took in user space was misses in a general map.
//
// Open addressing with linear probing; entries are replaced, never removed. The addresses stay with the sockets:
// each operation is told how to read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace otherend::model {

class AddressIndex {
  public:
    template <typename AddressOf>
    [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t address, AddressOf address_of) const {
        if (entries_.empty())
            return std::nullopt;
        const auto& entry = entries_[slot_of(address, address_of)];
        return entry.index == empty ? std::nullopt : std::optional(entry.index);
    }

    template <typename AddressOf>
    void assign(std::uint64_t address, std::uint32_t index, AddressOf address_of) {
        if (2 * (used_ + 1) > entries_.size())
            grow(address_of);
        auto& entry = entries_[slot_of(address, address_of)];
        used_ += entry.index == empty;
        entry = {tag_of(mix(address)), index};
    }

  private:
    static constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();

    struct Entry {
        std::uint32_t tag =
            0; // bits of the hash that chose no slot: a mismatch spares the look at the socket
        std::uint32_t index = empty;
    };

    // Addresses are aligned, and would crowd a table of a power of two if their bits were not mixed.
    static std::uint64_t mix(std::uint64_t address) {
        return address * 0x9E3779B97F4A7C15;
    } // 2^64 / golden ratio
    static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }

    // Where the address is, or would be.
    template <typename AddressOf>
    [[nodiscard]] std::size_t slot_of(std::uint64_t address, AddressOf address_of) const {
        const auto hash = mix(address);
        for (auto slot = hash >> 32 & (entries_.size() - 1);; slot = (slot + 1) & (entries_.size() - 1)) {
            const auto& entry = entries_[slot];
            if (entry.index == empty || (entry.tag == tag_of(hash) && address_of(entry.index) == address))
                return slot;
        }
    }

    template <typename AddressOf> void grow(AddressOf address_of) {
        std::vector<Entry> old(entries_.empty() ? 256 : 2 * entries_.size());
        old.swap(entries_);
        for (const auto& entry : old)
            if (entry.index != empty)
                entries_[slot_of(address_of(entry.index), address_of)] = entry;
    }

    std::vector<Entry> entries_; // a power of two, at most half of them used
    std::size_t used_ = 0;
};

} // namespace otherend::model
