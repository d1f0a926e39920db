// SPDX-License-Identifier: MIT
#include "kernel/ticks.hpp"

#include <ctime>

namespace otherend::kernel {

std::uint32_t ticks_per_second(std::chrono::nanoseconds tick) {
    constexpr std::chrono::nanoseconds second = std::chrono::seconds(1);
    return static_cast<std::uint32_t>((second + tick / 2) / tick);
}

std::uint32_t ticks_per_second() {
    static const std::uint32_t rate = [] {
        timespec tick{.tv_sec = 0, .tv_nsec = 4'000'000}; // the usual one
        clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
        return ticks_per_second(std::chrono::seconds(tick.tv_sec) + std::chrono::nanoseconds(tick.tv_nsec));
    }();
    return rate;
}

} // namespace otherend::kernel
