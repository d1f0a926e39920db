// SPDX-License-Identifier: MIT
// The program kcore_peer: its words, its exit status, and one line about a pair that this test holds.
#include "harness/process.hpp"
#include "kcore.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace otherend::oracle {
namespace {

// $KCORE_PEER, or that of this build.
std::string program() {
    const char* chosen = std::getenv("KCORE_PEER");
    return chosen ? chosen : KCORE_PEER;
}

harness::Outcome kcore_peer(const harness::Arguments& arguments) {
    return harness::run(program(), arguments);
}

std::uint64_t inode_of(int fd) {
    struct stat status{};
    EXPECT_EQ(fstat(fd, &status), 0);
    return status.st_ino;
}

TEST(KcorePeer, RefusesWhatIsNoDescriptor) {
    for (const auto& arguments : std::vector<harness::Arguments>{
             {}, {"1"}, {"1", "2", "3"}, {"1", "x"}, {"-1", "2"}, {"1", "2x"}, {"", "2"}}) {
        const auto run = kcore_peer(arguments);
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_EQ(run.out, "");
        EXPECT_EQ(run.err, "kcore_peer: usage: kcore_peer PID FD\n");
    }
}

TEST(KcorePeer, SaysInOneLineWhatThisKernelLacks) {
    const auto memory = Kcore::open();
    if (memory) {
        const auto run = harness::run(program(), {"1", "0"}, {.lacks = {harness::Lack::btf}});
        EXPECT_EQ(run.exit_code, 4);
        EXPECT_EQ(run.err, "kcore_peer: /sys/kernel/btf/vmlinux: this kernel has none\n");
        return;
    }
    const auto run = kcore_peer({"1", "0"});
    EXPECT_EQ(run.exit_code, static_cast<int>(memory.error().kind)) << run.err;
    EXPECT_TRUE(run.exit_code == 3 || run.exit_code == 4);
    EXPECT_EQ(run.err, "kcore_peer: " + memory.error().message + "\n");
}

TEST(KcorePeer, IsRefusedToOthersThanRoot) {
    if (geteuid() != 0 || !Kcore::open())
        GTEST_SKIP() << "not even root may";
    const auto run = harness::run(program(), {"1", "0"}, {.uid = 65534});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_EQ(run.err, "kcore_peer: /proc/kcore: Permission denied\n");
}

TEST(KcorePeer, TellsBothEndsOfAPair) {
    if (const auto memory = Kcore::open(); !memory)
        GTEST_SKIP() << memory.error().message;
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const auto run = kcore_peer({std::to_string(getpid()), std::to_string(ends[0])});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const auto answer = nlohmann::json::parse(run.out);
    EXPECT_EQ(answer["inode"], inode_of(ends[0]));
    EXPECT_EQ(answer["peer_inode"], inode_of(ends[1]));
    EXPECT_TRUE(answer["address"].get<std::string>().starts_with("0xffff")) << run.out;
    EXPECT_NE(answer["address"], answer["peer_address"]);
    close(ends[0]);
    close(ends[1]);
}

TEST(KcorePeer, SaysThatADescriptorIsNoSocket) {
    if (const auto memory = Kcore::open(); !memory)
        GTEST_SKIP() << memory.error().message;
    const auto file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const auto run = kcore_peer({std::to_string(getpid()), std::to_string(file)});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.err, "kcore_peer: the descriptor is no socket\n");
    close(file);
}

} // namespace
} // namespace otherend::oracle
