// SPDX-License-Identifier: MIT
// One run of an iterator program, through the file it writes to.
#pragma once

#include "base/fd.hpp"
#include "otherend/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace otherend::kernel {

// At least the seq buffer of kernel/bpf/bpf_iter.c (8 pages), so that one read takes all it holds.
inline constexpr std::size_t read_size = 64 * 1024;

// An iterator over sockets runs in the network namespace of the thread that opens it; one over map elements needs
// the map.
Result<Fd> open_pass(const Fd& program, const Fd* map = nullptr);

// The next piece the iterator writes, empty at the end. It pauses after a million objects (MAX_ITER_OBJECTS in
// kernel/bpf/bpf_iter.c), which is counted.
Result<std::span<const std::byte>> read_piece(const Fd& pass, std::vector<std::byte>& buffer,
                                              std::uint64_t& pauses);

// All of them. Returns the pauses.
Result<std::uint64_t> read_pass(const Fd& pass, const std::function<void(std::span<const std::byte>)>& use);

} // namespace otherend::kernel
