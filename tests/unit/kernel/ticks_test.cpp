// SPDX-License-Identifier: MIT
#include "kernel/ticks.hpp"

#include <ctime>
#include <gtest/gtest.h>

namespace otherend::kernel {
namespace {

using std::chrono::nanoseconds;

TEST(Ticks, ASecondHasAsManyAsTheirLengthSays) {
    for (const std::uint32_t rate : {24U, 100U, 250U, 300U, 500U, 1000U, 1024U, 1200U}) {
        const nanoseconds tick((1'000'000'000 + rate / 2) / rate); // TICK_NSEC
        EXPECT_EQ(ticks_per_second(tick), rate);
    }
}

// It is read from the kernel, not counted, so it does not depend on how long the machine is up.
TEST(Ticks, OfThisKernelAreAsLongAsACoarseClockStands) {
    timespec tick{};
    ASSERT_EQ(clock_getres(CLOCK_REALTIME_COARSE, &tick), 0);
    const auto rate = ticks_per_second();
    EXPECT_GE(rate, 24U);
    EXPECT_LE(rate, 1200U);
    EXPECT_NEAR(static_cast<double>(rate) * static_cast<double>(tick.tv_nsec), 1e9, 1e9 / 1000);
}

} // namespace
} // namespace otherend::kernel
