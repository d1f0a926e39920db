// SPDX-License-Identifier: MIT
#include "system/executable.hpp"

#include "collected.hpp"
#include "tree.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace otherend::system {
namespace {

TEST(Executable, OfThisProcessIsTheFileItRuns) {
    Collected collected;
    report_executable(Procfs::open().value(), Pid{getpid()}, collected.sink());
    ASSERT_EQ(collected.size(), 1U);
    const auto fact = collected.of<model::ExecutableFact>()[0];
    EXPECT_EQ(fact.pid, Pid{getpid()});
    EXPECT_EQ(fact.path, std::filesystem::read_symlink("/proc/self/exe").string());
}

TEST(Executable, IsKeptAsTheKernelPrintsIt) {
    const Tree tree;
    tree.link("100/exe", "/opt/odd\n\xff (deleted)");
    Collected collected;
    report_executable(tree.open(), Pid{100}, collected.sink());
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<model::ExecutableFact>()[0].path, "/opt/odd\n\xff (deleted)");
}

TEST(Executable, OfAProcessThatIsGoneIsNothing) {
    const Tree tree;
    Collected collected;
    report_executable(tree.open(), Pid{100}, collected.sink());
    EXPECT_EQ(collected.size(), 0U);
}

} // namespace
} // namespace otherend::system
