// SPDX-License-Identifier: MIT
#include "system/blocked_connect.hpp"

#include "processes.hpp"
#include "tree.hpp"

#include <cstddef>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/un.h>

namespace otherend::system {
namespace {

std::string asleep_in(long number, const std::string& first) {
    return std::to_string(number) + " " + first + " 0x7ffe5d0 0x6e 0x0 0x0 0x0 0x7ffe5c8 0x7f1200\n";
}

TEST(BlockedConnect, TellsTheDescriptorOfTheTask) {
    const Tree tree;
    tree.file("100/syscall", asleep_in(SYS_connect, "0x7"));
    tree.file("100/task/101/syscall", asleep_in(SYS_connect, "0xdead00000008"));
    const auto leader = blocked_connect(tree.open(), Pid{100}, Pid{100});
    ASSERT_TRUE(leader);
    EXPECT_EQ(leader->fd, 7);
    const auto thread = blocked_connect(tree.open(), Pid{100}, Pid{101});
    ASSERT_TRUE(thread);
    EXPECT_EQ(thread->pid, Pid{100});
    EXPECT_EQ(thread->tid, Pid{101});
    EXPECT_EQ(thread->fd, 8); // the kernel takes 32 bits of the register
}

TEST(BlockedConnect, IsNoneInAnyOtherCall) {
    const Tree tree;
    tree.file("100/syscall", asleep_in(SYS_sendto, "0x7"));
    tree.file("101/syscall", "running\n");
    tree.file("102/syscall", "");
    for (const int pid : {100, 101, 102, 103})
        EXPECT_FALSE(blocked_connect(tree.open(), Pid{pid}, Pid{pid})) << pid;
}

TEST(BlockedConnect, IsSeenInAProcessThatWaitsForAFullBacklog) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const auto name = "otherend-blocked-" + std::to_string(getpid());
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto* bound = reinterpret_cast<const sockaddr*>(&address);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const Fd listener(socket(AF_UNIX, SOCK_STREAM, 0)), first(socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(bind(*listener, bound, length), 0);
    ASSERT_EQ(listen(*listener, 0), 0);
    ASSERT_EQ(connect(*first, bound, length), 0); // a backlog of 0 takes one

    constexpr int fd = 77;
    const Child child([&](const auto& ready) {
        if (dup2(socket(AF_UNIX, SOCK_STREAM, 0), fd) != fd)
            return false;
        ready();
        return connect(fd, bound, length) == 0;
    });
    ASSERT_TRUE(child.is_ready());
    std::optional<model::BlockedFact> blocked;
    const auto proc = Procfs::open().value();
    wait_until([&] { return (blocked = blocked_connect(proc, child.pid(), child.pid())).has_value(); });
    EXPECT_EQ(blocked->fd, fd);
}

} // namespace
} // namespace otherend::system
