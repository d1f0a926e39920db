// SPDX-License-Identifier: MIT
#include "system/proc_descriptors.hpp"

#include "collected.hpp"
#include "processes.hpp"
#include "tree.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <pthread.h>
#include <semaphore>
#include <sys/syscall.h>
#include <thread>

namespace otherend::system {
namespace {

using model::HolderFact;
using model::RingFact;
using model::UnseenFact;

void add_process(const Tree& tree, const std::string& pid, const std::string& comm = "server\n") {
    tree.directory(pid + "/fd");
    tree.directory(pid + "/task/" + pid);
    tree.file(pid + "/comm", comm);
    tree.file(pid + "/status", "Name:\tserver\nUid:\t1\t33\t3\t4\nVmSize:\t    5480 kB\n");
    tree.link(pid + "/ns/net", "net:[4026531840]");
}

Collected holders_in(const Tree& tree) {
    Collected collected;
    EXPECT_TRUE(report_descriptors(tree.open(), {}, collected.sink()));
    return collected;
}

// -- made-up trees ---------------------------------------------------------------------------------------

TEST(ProcDescriptors, TellWhoHoldsASocket) {
    const Tree tree;
    add_process(tree, "100");
    tree.link("100/fd/3", "socket:[11]");
    const auto collected = holders_in(tree);
    const auto holders = collected.of<HolderFact>();
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders[0].source, model::Source::proc);
    EXPECT_EQ(holders[0].socket, (model::SocketRef{.inode = Inode{11}}));
    EXPECT_EQ(holders[0].pid, Pid{100});
    EXPECT_EQ(holders[0].tid, Pid{100});
    EXPECT_EQ(holders[0].fd, 3);
    EXPECT_EQ(holders[0].uid, 33U);
    EXPECT_EQ(holders[0].netns, NetnsId{4026531840});
}

TEST(ProcDescriptors, KeepEveryByteOfAComm) {
    const Tree tree;
    add_process(tree, "100", "a\nb \xff\n");
    tree.link("100/fd/3", "socket:[11]");
    const auto collected = holders_in(tree);
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<HolderFact>()[0].comm, "a\nb \xff");
}

TEST(ProcDescriptors, ReportRings) {
    const Tree tree;
    add_process(tree, "100");
    tree.link("100/fd/4", "anon_inode:[io_uring]");
    tree.link("100/fd/5", "anon_inode:[eventpoll]");
    const auto collected = holders_in(tree);
    ASSERT_EQ(collected.size(), 1U);
    const auto ring = collected.of<RingFact>().at(0);
    EXPECT_EQ(ring.pid, Pid{100});
    EXPECT_EQ(ring.tid, Pid{100});
    EXPECT_EQ(ring.fd, 4);
}

TEST(ProcDescriptors, PassOverGarbage) {
    const Tree tree;
    add_process(tree, "100");
    tree.link("100/fd/x", "socket:[1]");
    tree.link("100/fd/-2", "socket:[2]");
    tree.link("100/fd/2147483648", "socket:[3]");
    tree.link("100/fd/4", "socket:[]");
    tree.link("100/fd/5", "socket:[99999999999999999999]");
    tree.file("100/fd/6", "socket:[6]");
    tree.link("100/fd/2147483647", "socket:[7]");
    tree.directory("garbage");
    tree.file("200", "a file");
    tree.directory("300");
    const auto collected = holders_in(tree);
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<HolderFact>()[0].fd, 2147483647);
}

TEST(ProcDescriptors, ForgetAProcessThatVanishesMeanwhile) {
    const Tree tree;
    add_process(tree, "100");
    tree.link("100/fd/3", "socket:[11]");
    std::filesystem::remove(tree.at("100/status"));
    EXPECT_EQ(holders_in(tree).size(), 0U);
}

TEST(ProcDescriptors, LeaveAbsentWhatASecondFileWouldHaveTold) {
    const Tree tree;
    add_process(tree, "100");
    tree.link("100/fd/3", "socket:[11]");
    std::filesystem::remove(tree.at("100/comm"));
    std::filesystem::remove(tree.at("100/ns/net"));
    const auto collected = holders_in(tree);
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<HolderFact>()[0].comm, "");
    EXPECT_EQ(collected.of<HolderFact>()[0].netns, NetnsId{});
}

TEST(ProcDescriptors, ReportEachDifferingTableOfAProcessOnce) {
    const Tree tree;
    add_process(tree, "400");
    tree.link("400/fd/3", "socket:[1]");
    for (const auto* tid : {"401", "402", "403"}) {
        add_process(tree, std::string("400/task/") + tid);
        tree.link(std::string("400/task/") + tid + "/fd/3",
                  tid == std::string("401") ? "socket:[1]" : "socket:[2]");
    }
    const auto collected = holders_in(tree);
    const auto holders = collected.of<HolderFact>();
    ASSERT_EQ(holders.size(), 2U);
    EXPECT_EQ(holders[0].tid, Pid{400});
    EXPECT_EQ(holders[0].socket.inode, Inode{1});
    EXPECT_NE(holders[1].tid, Pid{400});
    EXPECT_EQ(holders[1].pid, Pid{400});
    EXPECT_EQ(holders[1].socket.inode, Inode{2});
}

TEST(ProcDescriptors, CountProcessesTheyMayNotLookAt) {
    Tree tree;
    for (const auto* pid : {"100", "101", "102"}) {
        add_process(tree, pid);
        tree.link(std::string(pid) + "/fd/3", "socket:[11]");
    }
    for (const auto* pid : {"101", "102"})
        tree.forbid(std::string(pid) + "/fd");
    const Nobody nobody;
    const auto collected = holders_in(tree);
    EXPECT_EQ(collected.of<HolderFact>().size(), 1U);
    const auto unseen = collected.of<UnseenFact>();
    ASSERT_EQ(unseen.size(), 1U);
    EXPECT_EQ(unseen[0].what, "processes");
    EXPECT_EQ(unseen[0].count, 2U);
}

TEST(ProcDescriptors, AreReadThroughAThreadIfTheLeaderMayNotBeLookedAt) {
    Tree tree;
    add_process(tree, "400");
    add_process(tree, "400/task/401");
    tree.link("400/task/401/fd/3", "socket:[1]");
    tree.forbid("400/fd");
    const Nobody nobody;
    const auto collected = holders_in(tree);
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_EQ(collected.of<HolderFact>()[0].tid, Pid{401});
}

TEST(ProcDescriptors, DoNotCountKernelThreads) {
    Tree tree;
    add_process(tree, "2");
    tree.file("2/status", "Name:\tkthreadd\nUid:\t0\t0\t0\t0\n");
    tree.forbid("2/fd");
    const Nobody nobody;
    EXPECT_EQ(holders_in(tree).size(), 0U);
}

// -- this system -----------------------------------------------------------------------------------------

std::vector<HolderFact> real_holders_of(Inode inode, Collected& collected) {
    EXPECT_TRUE(report_descriptors(Procfs::open().value(), {}, collected.sink()));
    auto holders = collected.of<HolderFact>();
    std::erase_if(holders, [&](const HolderFact& h) { return h.socket.inode != inode; });
    return holders;
}

TEST(ProcDescriptors, OfThisProcessAreReportedOnceEvenIfItHasThreads) {
    const auto pair = make_pair(SOCK_STREAM);
    std::binary_semaphore stop{0};
    std::jthread thread([&] { stop.acquire(); });
    Collected collected;
    const auto holders = real_holders_of(inode_of(*pair[0]), collected);
    stop.release();
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders[0].pid, Pid{getpid()});
    EXPECT_EQ(holders[0].tid, Pid{getpid()});
    EXPECT_EQ(holders[0].fd, *pair[0]);
    EXPECT_EQ(holders[0].uid, geteuid());
    EXPECT_TRUE(is_set(holders[0].netns));
    EXPECT_FALSE(holders[0].comm.empty());
}

TEST(ProcDescriptors, OfAThreadWithItsOwnTableNameTheThread) {
    std::binary_semaphore ready{0}, stop{0};
    Inode inode{};
    Pid tid{};
    std::jthread thread([&] {
        ASSERT_EQ(unshare(CLONE_FILES), 0);
        const auto pair = make_pair(SOCK_STREAM);
        inode = inode_of(*pair[0]);
        tid = Pid{gettid()};
        ready.release();
        stop.acquire();
    });
    ready.acquire();
    Collected collected;
    const auto holders = real_holders_of(inode, collected);
    stop.release();
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders[0].pid, Pid{getpid()});
    EXPECT_EQ(holders[0].tid, tid);
}

TEST(ProcDescriptors, OutliveTheLeaderOfAProcess) {
    const auto pair = make_pair(SOCK_STREAM);
    const auto leader_has_exited = [] {
        return Procfs::open()
            .value()
            .enter(directory_of(Pid{getpid()}) + "/fd")
            .value()
            .numbers()
            .value()
            .empty();
    };
    const Child child([&](const auto& ready) {
        for (int i = 0; i < 2; ++i)
            std::thread([=] {
                wait_until(leader_has_exited);
                if (i == 0)
                    ready();
                pause();
            }).detach();
        syscall(SYS_exit, 0);
        return true;
    });
    ASSERT_TRUE(child.is_ready());
    Collected collected;
    auto holders = real_holders_of(inode_of(*pair[0]), collected);
    std::erase_if(holders, [&](const HolderFact& h) { return h.pid != child.pid(); });
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_NE(holders[0].tid, child.pid());
    EXPECT_EQ(holders[0].fd, *pair[0]);
    EXPECT_TRUE(is_set(holders[0].netns));
}

} // namespace
} // namespace otherend::system
