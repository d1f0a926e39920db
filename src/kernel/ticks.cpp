// SPDX-License-Identifier: MIT
#include "kernel/ticks.hpp"

#include <array>
#include <cmath>
#include <ctime>
#include <limits>

namespace otherend::kernel {

std::uint32_t ticks_per_second(std::uint64_t jiffies, std::chrono::nanoseconds monotonic) {
    constexpr std::array<std::uint32_t, 4> rates{250, 1000, 100, 300}; // kernel/Kconfig.hz
    constexpr double wrap = 4294967296.0, before_wrap = 300.0;
    const double seconds = std::chrono::duration<double>(monotonic).count();
    double nearest = std::numeric_limits<double>::max();
    std::uint32_t found = rates.front();
    for (const auto rate : rates) {
        const double expected = wrap + (seconds - before_wrap) * rate;
        const double off = std::abs(expected - static_cast<double>(jiffies));
        if (off < nearest) {
            nearest = off;
            found = rate;
        }
    }
    return found;
}

std::uint32_t ticks_per_second(std::uint64_t jiffies) {
    static const std::uint32_t rate = [&] {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        return ticks_per_second(jiffies,
                                std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
    }();
    return rate;
}

} // namespace otherend::kernel
