// SPDX-License-Identifier: MIT
// The memory of a kernel by its own addresses: that of the running one (kcore.hpp), or an image a test made.
#pragma once

#include "otherend/result.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>

namespace otherend::oracle {

using Address = std::uint64_t;

class Memory {
  public:
    virtual ~Memory() = default;
    // All of the bytes, or false: not everything is mapped.
    virtual bool read(Address from, std::span<std::byte> to) const = 0;
};

inline std::string text_of(Address address) {
    char text[2 + 16 + 1];
    std::snprintf(text, sizeof(text), "0x%016llx", static_cast<unsigned long long>(address));
    return text;
}

template <typename T> Result<T> value_at(const Memory& memory, Address address) {
    T value{};
    if (memory.read(address, std::as_writable_bytes(std::span(&value, 1))))
        return value;
    return std::unexpected(Error{ErrorClass::failed, "no kernel memory at " + text_of(address)});
}

} // namespace otherend::oracle
