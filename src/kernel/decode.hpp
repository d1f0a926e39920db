// SPDX-License-Identifier: MIT
// From the bytes an iterator wrote to facts. Total over its input: whatever the bytes are, they become facts or
// are counted as malformed.
#pragma once

#include "model/fact.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace otherend::kernel {

class Decoder {
  public:
    // Decodes every whole record in `bytes`; a record cut at the end waits for the next call.
    void feed(std::span<const std::byte> bytes, const model::FactSink& sink);

    // Records of unknown kind or impossible size, and bytes left over when the stream ended.
    [[nodiscard]] std::uint64_t malformed() const { return malformed_ + (rest_.empty() ? 0 : 1); }

  private:
    std::size_t decode(std::span<const std::byte> bytes, const model::FactSink& sink);

    std::vector<std::byte> rest_;
    std::uint64_t malformed_ = 0;
    bool is_lost_ = false; // where the next record begins is not known
};

} // namespace otherend::kernel
