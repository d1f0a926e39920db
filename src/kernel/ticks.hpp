// SPDX-License-Identifier: MIT
// The kernel's tick (CONFIG_HZ), which it does not tell user space.
#pragma once

#include <chrono>
#include <cstdint>

namespace otherend::kernel {

// The rate at which `jiffies` can have come this far: they begin 300 seconds before they exceed 32 bits
// (INITIAL_JIFFIES of <linux/jiffies.h>) and go on with CLOCK_MONOTONIC. 100, 250, 300 or 1000 a second.
std::uint32_t ticks_per_second(std::uint64_t jiffies, std::chrono::nanoseconds monotonic);

// The same, with the clock read now, once for all calls.
std::uint32_t ticks_per_second(std::uint64_t jiffies);

} // namespace otherend::kernel
