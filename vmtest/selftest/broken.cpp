// SPDX-License-Identifier: MIT
// Tests that are broken on purpose, one way each; test_outcomes.py runs them in a guest and expects to be told so.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>
#include <sys/utsname.h>
#include <unistd.h>

namespace {

TEST(Broken, Not) {}

TEST(Broken, OnSixDotOneOnly) {
    utsname kernel{};
    ASSERT_EQ(uname(&kernel), 0);
    EXPECT_FALSE(std::string(kernel.release).starts_with("6.1.")) << "this is " << kernel.release;
}

TEST(Broken, Skips) {
    GTEST_SKIP() << "for no good reason";
}

TEST(Broken, Segfaults) {
    raise(SIGSEGV);
}

TEST(Broken, NeverEnds) {
    for (;;)
        pause();
}

TEST(Broken, PanicsTheKernel) {
    std::ofstream("/proc/sysrq-trigger") << 'c' << std::flush;
}

} // namespace
