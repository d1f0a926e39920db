// SPDX-License-Identifier: MIT
// The kernel's tick (CONFIG_HZ). User space is told of it only as the resolution of the coarse clocks.
#pragma once

#include <chrono>
#include <cstdint>

namespace otherend::kernel {

// How many ticks of this length a second has: TICK_NSEC of <linux/jiffies.h> is the length, rounded.
std::uint32_t ticks_per_second(std::chrono::nanoseconds tick);

// Of this kernel: clock_getres(2) of CLOCK_MONOTONIC_COARSE gives the length of its tick.
std::uint32_t ticks_per_second();

} // namespace otherend::kernel
