// SPDX-License-Identifier: MIT
// Pipes and ptys among the descriptors of processes.
#include "system/proc_descriptors.hpp"

#include "collected.hpp"
#include "processes.hpp"
#include "tree.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>

namespace otherend::system {
namespace {

using model::HolderFact;
using model::PipeFact;
using model::PtyFact;
using model::UnseenFact;

constexpr DescriptorScope everybody{.lists_everybody = true};

// -- made-up trees ---------------------------------------------------------------------------------------

class Processes {
  public:
    void add(const std::string& pid) {
        tree.directory(pid + "/fd");
        tree.directory(pid + "/task/" + pid);
        tree.file(pid + "/comm", "p\n");
        tree.file(pid + "/status", "Uid:\t1\t33\t3\t4\nVmSize:\t    5480 kB\n");
        tree.link(pid + "/ns/net", "net:[4026531840]");
    }
    // A descriptor whose link has this text and leads to a FIFO, as that of a pipe does.
    void open_fifo(const std::string& pid, int fd, const std::string& text, const std::string& flags) {
        const auto number = std::to_string(fd);
        if (!tree.exists(pid + "/fd/" + text) && !text.starts_with('/'))
            tree.fifo(pid + "/fd/" + text);
        tree.link(pid + "/fd/" + number, text);
        tree.file(pid + "/fdinfo/" + number, "pos:\t0\nflags:\t" + flags + "\nmnt_id:\t15\n");
    }
    [[nodiscard]] Collected facts(const DescriptorScope& scope = everybody) const {
        Collected collected;
        EXPECT_TRUE(report_descriptors(tree.open(), scope, collected.sink()));
        return collected;
    }

    Tree tree;
};

constexpr auto read_only = "0100000", write_only = "0100001", both_ways = "02000002", path_only = "010000000";

TEST(ProcChannels, PipeHasAnEndForEachWayItIsOpen) {
    Processes processes;
    processes.add("100");
    processes.open_fifo("100", 3, "pipe:[81]", read_only);
    processes.open_fifo("100", 4, "pipe:[81]", write_only);
    const auto collected = processes.facts();
    const auto holders = collected.of<HolderFact>();
    const auto pipes = collected.of<PipeFact>();
    ASSERT_EQ(holders.size(), 2U);
    ASSERT_EQ(pipes.size(), 2U);
    for (const std::size_t i : {0, 1}) {
        const auto& holder = holders[0].fd == 3 ? holders[i] : holders[1 - i];
        EXPECT_EQ(holder.kind, Kind::pipe);
        EXPECT_EQ(holder.socket, pipes[i].end);
        EXPECT_EQ(holder.type, static_cast<std::uint8_t>(pipes[i].type));
        EXPECT_EQ(holder.uid, 33U);
        EXPECT_EQ(holder.comm, "p");
        EXPECT_EQ(holder.pid, Pid{100});
    }
    struct stat status{};
    ASSERT_EQ(stat(processes.tree.at("100/fd/3").c_str(), &status), 0);
    EXPECT_EQ(pipes[0].type, EndpointType::read);
    EXPECT_EQ(pipes[0].end.inode, Inode{status.st_ino});
    EXPECT_EQ(pipes[0].device, kernel_encoding(status.st_dev));
    EXPECT_EQ(pipes[0].path, "");
    EXPECT_EQ(pipes[0].other_open, true);
}

TEST(ProcChannels, DescriptorOpenBothWaysHoldsBothEnds) {
    Processes processes;
    processes.add("100");
    processes.open_fifo("100", 3, "pipe:[81]", both_ways);
    const auto collected = processes.facts();
    EXPECT_EQ(collected.of<HolderFact>().size(), 2U);
    EXPECT_EQ(collected.of<PipeFact>().size(), 2U);
}

TEST(ProcChannels, FifoHasTheNameThatADescriptorLeadsTo) {
    Processes processes;
    processes.add("100");
    processes.tree.fifo("fifo");
    const auto path = processes.tree.at("fifo").string();
    processes.open_fifo("100", 3, path, write_only);
    const auto collected = processes.facts(); // which has the path
    const auto pipes = collected.of<PipeFact>();
    ASSERT_EQ(pipes.size(), 1U);
    EXPECT_EQ(pipes[0].path, path);
    EXPECT_TRUE(pipes[0].is_fifo);
    EXPECT_EQ(pipes[0].type, EndpointType::write);
}

TEST(ProcChannels, DescriptorThatOnlyNamesAPipeHoldsNone) {
    Processes processes;
    processes.add("100");
    processes.open_fifo("100", 3, "pipe:[81]", path_only);
    processes.open_fifo("100", 4, "pipe:[82]", "3"); // for ioctl(2) alone
    processes.tree.file("100/file", "");
    processes.open_fifo("100", 5, processes.tree.at("100/file").string(), read_only);
    processes.open_fifo("100", 6, "/dev/null", both_ways);
    processes.open_fifo("100", 7, "/missing (deleted)", both_ways);
    EXPECT_EQ(processes.facts().size(), 0U);
}

std::optional<bool> told_of_the_writer(const Processes& processes, const DescriptorScope& scope = everybody) {
    const auto collected = processes.facts(scope);
    const auto pipes = collected.of<PipeFact>();
    EXPECT_EQ(pipes.size(), 1U);
    return pipes.at(0).other_open;
}

TEST(ProcChannels, EndThatNobodyHoldsIsClosedIfEverythingWasLookedAt) {
    Processes processes;
    processes.add("100");
    processes.open_fifo("100", 3, "pipe:[81]", read_only);
    processes.tree.link("100/fd/4", "socket:[5]");
    processes.tree.file("100/fdinfo/4", "pos:\t0\nscm_fds: 0\n");
    EXPECT_EQ(told_of_the_writer(processes), false);
    EXPECT_EQ(told_of_the_writer(processes, {}), std::nullopt) << "of other users or pid namespaces";
}

TEST(ProcChannels, EndMayBeInsideAMessage) {
    Processes processes;
    processes.add("100");
    processes.open_fifo("100", 3, "pipe:[81]", read_only);
    processes.tree.link("100/fd/4", "socket:[5]");
    processes.tree.file("100/fdinfo/4", "pos:\t0\nscm_fds: 1\n");
    EXPECT_EQ(told_of_the_writer(processes), std::nullopt);
}

TEST(ProcChannels, EndMayBeRegisteredWithARing) {
    Processes processes;
    processes.add("100");
    processes.open_fifo("100", 3, "pipe:[81]", read_only);
    processes.tree.link("100/fd/4", "anon_inode:[io_uring]");
    EXPECT_EQ(told_of_the_writer(processes), std::nullopt);
}

TEST(ProcChannels, EndMayBeHeldByAProcessThatCouldNotBeRead) {
    Processes processes;
    processes.add("100");
    processes.add("101");
    processes.open_fifo("100", 3, "pipe:[81]", read_only);
    processes.tree.forbid("101/fd");
    const Nobody nobody;
    EXPECT_EQ(told_of_the_writer(processes), std::nullopt);
}

TEST(ProcChannels, OnlyTheKindsThatAreWantedAreReported) {
    Processes processes;
    processes.add("100");
    processes.open_fifo("100", 3, "pipe:[81]", both_ways);
    EXPECT_EQ(processes.facts({.pipes = false}).size(), 0U);
    EXPECT_EQ(processes.facts({.ptys = false}).size(), 4U);
}

// -- this system -----------------------------------------------------------------------------------------

std::uint32_t device_of(int fd) {
    struct stat status{};
    EXPECT_EQ(fstat(fd, &status), 0);
    return kernel_encoding(status.st_dev);
}

struct Seen {
    HolderFact holder;
    std::optional<PtyFact> pty;
};

// What is told of a descriptor of a process, which is one end of a pty.
Seen seen(Pid pid, int fd, const Collected& collected) {
    Seen found;
    for (const auto& holder : collected.of<HolderFact>())
        if (holder.pid == pid && holder.fd == fd)
            found.holder = holder;
    for (const auto& pty : collected.of<PtyFact>())
        if (pty.end == found.holder.socket)
            found.pty = pty;
    return found;
}

Collected everything() {
    Collected collected;
    EXPECT_TRUE(report_descriptors(Procfs::open().value(), {}, collected.sink()));
    return collected;
}

Fd open_at(const std::string& path) {
    return Fd(open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
}

// Of a master, by its ioctls. Says where the terminal is.
std::string unlocked_terminal(const Fd& master, const std::string& devpts) {
    unlockpt(*master);
    unsigned index = 0;
    EXPECT_EQ(ioctl(*master, TIOCGPTN, &index), 0);
    return devpts + "/" + std::to_string(index);
}

TEST(ProcChannels, PipeOfThisProcessIsJoined) {
    std::array<int, 2> fds{};
    ASSERT_EQ(pipe2(fds.data(), O_CLOEXEC), 0);
    const Fd read(fds[0]), write(fds[1]);
    const auto collected = everything();
    std::vector<PipeFact> pipes;
    for (const auto& pipe : collected.of<PipeFact>())
        if (pipe.end.inode == inode_of(*read) && pipe.device == device_of(*read))
            pipes.push_back(pipe);
    ASSERT_EQ(pipes.size(), 2U);
    EXPECT_EQ(pipes[0].other, pipes[1].end);
    EXPECT_EQ(pipes[1].other, pipes[0].end);
    EXPECT_EQ(pipes[0].other_open, true);
    EXPECT_EQ(seen(Pid{getpid()}, *read, collected).holder.socket, pipes[0].end);
    EXPECT_EQ(seen(Pid{getpid()}, *write, collected).holder.socket, pipes[1].end);
}

// A process in a mount namespace with two devpts of its own, of which one is at /dev/pts.
class Terminals : public testing::Test {
  protected:
    void SetUp() override {
        if (geteuid() != 0)
            GTEST_SKIP() << "needs CAP_SYS_ADMIN";
    }
    static bool make_instances() {
        return unshare(CLONE_NEWNS) == 0 && mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("tmpfs", "/dev", "tmpfs", 0, nullptr) == 0 && mkdir("/dev/pts", 0755) == 0 &&
               mkdir("/dev/other", 0755) == 0 && make_devpts("/dev/pts") && make_devpts("/dev/other") &&
               mknod("/dev/ptmx", S_IFCHR | 0666, makedev(5, 2)) == 0;
    }
    static bool make_devpts(const char* path) {
        return mount("devpts", path, "devpts", 0, "ptmxmode=0666") == 0;
    }
    // A process that has made them, and `prepared`, and stays.
    static Child with_instances(const std::function<bool()>& prepared) {
        return Child([&](const auto& ready) {
            if (!make_instances() || !prepared())
                return false;
            ready();
            pause();
            return true;
        });
    }
};

// Descriptors 60 and up, so that the test knows them.
bool keep_at(Fd fd, int number) {
    return fd && dup2(*fd, number) == number;
}

TEST_F(Terminals, OfTwoInstancesAreNotCrossedThoughTheyHaveOneNumber) {
    const auto child = with_instances([] {
        return keep_at(open_at("/dev/pts/ptmx"), 60) && keep_at(open_at("/dev/other/ptmx"), 61) &&
               keep_at(open_at(unlocked_terminal(Fd(dup(60)), "/dev/pts")), 62) &&
               keep_at(open_at(unlocked_terminal(Fd(dup(61)), "/dev/other")), 63);
    });
    ASSERT_TRUE(child.is_ready());
    const auto collected = everything();
    const auto one = seen(child.pid(), 60, collected), two = seen(child.pid(), 61, collected),
               slave_of_one = seen(child.pid(), 62, collected),
               slave_of_two = seen(child.pid(), 63, collected);
    ASSERT_TRUE(one.pty && two.pty && slave_of_one.pty && slave_of_two.pty);
    EXPECT_EQ(one.pty->index, two.pty->index);
    EXPECT_NE(one.pty->device, two.pty->device);
    EXPECT_EQ(one.pty->other, slave_of_one.holder.socket);
    EXPECT_EQ(two.pty->other, slave_of_two.holder.socket);
    EXPECT_EQ(slave_of_one.pty->other, one.holder.socket);
    EXPECT_EQ(one.pty->type, EndpointType::master);
    EXPECT_EQ(slave_of_one.pty->type, EndpointType::slave);
    EXPECT_EQ(one.holder.kind, Kind::pty);
}

// As /dev/ptmx of devtmpfs is, beside which devpts is mounted.
TEST_F(Terminals, MasterOfAnotherPtmxIsOfTheInstanceBesideIt) {
    const auto child = with_instances([] {
        return keep_at(open_at("/dev/ptmx"), 60) &&
               keep_at(open_at(unlocked_terminal(Fd(dup(60)), "/dev/pts")), 62);
    });
    ASSERT_TRUE(child.is_ready());
    const auto collected = everything();
    const auto master = seen(child.pid(), 60, collected), slave = seen(child.pid(), 62, collected);
    ASSERT_TRUE(master.pty && slave.pty);
    EXPECT_EQ(master.pty->other, slave.holder.socket);
    EXPECT_EQ(master.pty->device, slave.pty->device);
}

TEST_F(Terminals, MasterFromAnotherMountNamespaceIsLost) {
    const auto child =
        with_instances([] { return keep_at(open_at("/dev/ptmx"), 60) && unshare(CLONE_NEWNS) == 0; });
    ASSERT_TRUE(child.is_ready());
    const auto collected = everything();
    const auto master = seen(child.pid(), 60, collected);
    ASSERT_TRUE(master.pty);
    EXPECT_EQ(master.pty->device, 0U);
    EXPECT_FALSE(master.pty->other);
    EXPECT_EQ(master.pty->other_open, std::nullopt);
    const auto unseen = collected.of<UnseenFact>();
    EXPECT_TRUE(std::ranges::any_of(unseen, [](const UnseenFact& fact) { return fact.what == "terminals"; }));
}

TEST_F(Terminals, MasterBelowWhatWasMountedLaterIsOfTheLowerInstance) {
    const auto child = with_instances([] {
        return keep_at(open_at("/dev/ptmx"), 60) &&
               keep_at(open_at(unlocked_terminal(Fd(dup(60)), "/dev/pts")), 62) && make_devpts("/dev/pts");
    });
    ASSERT_TRUE(child.is_ready());
    const auto collected = everything();
    const auto master = seen(child.pid(), 60, collected), slave = seen(child.pid(), 62, collected);
    ASSERT_TRUE(master.pty && slave.pty);
    EXPECT_EQ(master.pty->other, slave.holder.socket) << "the upper one has no terminal of its number";
}

// One is of the lower instance and one of the upper, both with the number 0: nothing tells which.
TEST_F(Terminals, MastersOfStackedInstancesAreNotGuessed) {
    const auto child = with_instances([] {
        return keep_at(open_at("/dev/ptmx"), 60) && make_devpts("/dev/pts") &&
               keep_at(open_at("/dev/ptmx"), 61) &&
               keep_at(open_at(unlocked_terminal(Fd(dup(61)), "/dev/pts")), 62);
    });
    ASSERT_TRUE(child.is_ready());
    const auto collected = everything();
    for (const int fd : {60, 61}) {
        const auto master = seen(child.pid(), fd, collected);
        ASSERT_TRUE(master.pty);
        EXPECT_EQ(master.pty->device, 0U);
    }
    const auto slave = seen(child.pid(), 62, collected);
    ASSERT_TRUE(slave.pty);
    EXPECT_EQ(slave.pty->other_open, std::nullopt);
}

} // namespace
} // namespace otherend::system
