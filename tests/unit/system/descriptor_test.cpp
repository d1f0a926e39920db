// SPDX-License-Identifier: MIT
#include "system/descriptor.hpp"

#include "base/fd.hpp"
#include "tree.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace otherend::system {
namespace {

FifoName name_told_by(int fd) {
    const auto found = look_at_descriptor(Procfs::open().value(), "self", fd);
    EXPECT_TRUE(found && *found);
    return found && *found ? (*found)->fifo : FifoName{};
}

TEST(Descriptor, NameOfAFifoIsNotWhatTheKernelAppendsToIt) {
    const Tree tree;
    for (const auto* name : {"fifo", "fifo (deleted)"}) {
        tree.fifo(name);
        const auto path = tree.at(name).string();
        const Fd fifo(open(path.c_str(), O_RDWR | O_CLOEXEC));
        ASSERT_TRUE(fifo);
        EXPECT_EQ(name_told_by(*fifo), (FifoName{path, false}));
        ASSERT_EQ(unlink(path.c_str()), 0);
        EXPECT_EQ(name_told_by(*fifo), (FifoName{path, true}));
    }
}

} // namespace
} // namespace otherend::system
