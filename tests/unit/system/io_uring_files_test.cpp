// SPDX-License-Identifier: MIT
#include "system/io_uring_files.hpp"

#include "collected.hpp"
#include "processes.hpp"
#include "recorded.hpp"
#include "tree.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <sys/syscall.h>

namespace otherend::system {
namespace {

using model::RingFact;
using model::RingFileFact;
using model::UnseenFact;

const std::string is_a_ring = "anon_inode:[io_uring]";

Collected files_of(const Tree& tree, RingFact ring) {
    Collected collected;
    report_ring_files(tree.open(), ring, collected.sink());
    return collected;
}

TEST(IoUringFiles, AreReportedWithTheRingsDescriptor) {
    const Tree tree;
    tree.link("100/task/101/fd/5", is_a_ring);
    tree.file("100/task/101/fdinfo/5", recorded("io_uring_fdinfo.txt"));
    const auto collected = files_of(tree, {Pid{100}, Pid{101}, 5});
    ASSERT_EQ(collected.size(), 1U);
    const auto file = collected.of<RingFileFact>().at(0);
    EXPECT_EQ(file.pid, Pid{100});
    EXPECT_EQ(file.fd, 5);
    EXPECT_EQ(file.inode, recorded_truth().at("server"));
}

TEST(IoUringFiles, AreNotLookedForInOtherAnonymousInodes) {
    const Tree tree;
    tree.link("100/fd/5", "anon_inode:[eventpoll]");
    tree.file("100/fdinfo/5", recorded("io_uring_fdinfo.txt"));
    EXPECT_EQ(files_of(tree, {Pid{100}, Pid{100}, 5}).size(), 0U);
}

TEST(IoUringFiles, OfARingThatWasClosedAreNoLoss) {
    const Tree tree;
    EXPECT_EQ(files_of(tree, {Pid{100}, Pid{100}, 5}).size(), 0U);
}

TEST(IoUringFiles, ThatCannotBeToldAreCounted) {
    const Tree tree;
    tree.link("100/fd/5", is_a_ring);
    tree.file("100/fdinfo/5", "UserFiles:\t2\n    0: UNIX-STREAM\n    1: UNIX\nUserBufs:\t0\n");
    Collected collected;
    EXPECT_EQ(report_ring_files(tree.open(), {Pid{100}, Pid{100}, 5}, collected.sink()), 2U);
    EXPECT_EQ(collected.size(), 0U);
}

TEST(IoUringFiles, OfABusyRingAreSaidToBeUnseen) {
    const Tree tree;
    tree.link("100/fd/5", is_a_ring);
    tree.file("100/fdinfo/5", "UserFiles:\t2\nUserBufs:\t0\n");
    const auto collected = files_of(tree, {Pid{100}, Pid{100}, 5});
    EXPECT_EQ(collected.of<UnseenFact>().size(), 1U);
    EXPECT_EQ(collected.size(), 1U);
}

TEST(IoUringFiles, OfThisProcessAreSeenAfterTheirDescriptorIsClosed) {
    io_uring_params parameters{};
    const Fd ring(static_cast<int>(syscall(SYS_io_uring_setup, 1, &parameters)));
    if (!ring)
        GTEST_SKIP() << "io_uring is disabled here: " << strerror(errno);
    auto pair = make_pair(SOCK_STREAM);
    const int fd = *pair[0];
    const auto inode = inode_of(fd);
    ASSERT_EQ(syscall(SYS_io_uring_register, *ring, IORING_REGISTER_FILES, &fd, 1), 0);
    pair[0].reset();

    Collected collected;
    const auto untold =
        report_ring_files(Procfs::open().value(), {Pid{getpid()}, Pid{getpid()}, *ring}, collected.sink());
    const auto files = collected.of<RingFileFact>();
    EXPECT_EQ(collected.size(), files.size());
    EXPECT_EQ(files.size() + untold, 1U); // the latter before Linux 6.14
    EXPECT_TRUE(files.empty() || files[0].inode == inode);
}

} // namespace
} // namespace otherend::system
