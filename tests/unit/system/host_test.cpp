// SPDX-License-Identifier: MIT
#include "system/host.hpp"

#include "tree.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace otherend::system {
namespace {

const std::string proc_mount = "22 27 0:21 / /proc rw,relatime - proc proc ";

Host host_of(const std::string& pid_link, const std::string& mountinfo) {
    const Tree tree;
    tree.link("self/ns/pid", pid_link);
    tree.file("self/status", "Name:\tx\nCapEff:\t00000000002000c0\n");
    tree.file("self/mountinfo", mountinfo);
    return this_host(tree.open()).value();
}

TEST(Host, KnowsTheInitialPidNamespaceByItsInode) {
    EXPECT_TRUE(host_of("pid:[4026531836]", "").initial_pid_namespace);
    EXPECT_FALSE(host_of("pid:[4026532836]", "").initial_pid_namespace);
    EXPECT_FALSE(host_of("mnt:[4026531836]", "").initial_pid_namespace);
}

TEST(Host, TellsEffectiveCapabilities) {
    EXPECT_EQ(host_of("pid:[4026531836]", "").effective_capabilities, 0x2000c0U);
}

TEST(Host, TellsHidepidOfTheTopmostProc) {
    EXPECT_EQ(host_of("pid:[1]", proc_mount + "rw,hidepid=invisible\n").hidepid, "invisible");
    EXPECT_EQ(host_of("pid:[1]", proc_mount + "rw,hidepid=invisible\n" + proc_mount + "rw\n").hidepid, "");
    EXPECT_EQ(host_of("pid:[1]", "22 27 0:21 / /mnt rw - proc proc rw,hidepid=2\n").hidepid, "");
    EXPECT_EQ(host_of("pid:[1]", "").hidepid, "");
}

TEST(Host, IsThisOne) {
    char name[256] = {};
    ASSERT_EQ(gethostname(name, sizeof name - 1), 0);
    const auto host = this_host(Procfs::open().value());
    ASSERT_TRUE(host);
    EXPECT_EQ(host->name, name);
}

TEST(Host, IsNotKnownWithoutProc) {
    const Tree tree;
    EXPECT_FALSE(this_host(tree.open()));
}

} // namespace
} // namespace otherend::system
