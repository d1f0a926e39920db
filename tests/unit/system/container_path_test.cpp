// SPDX-License-Identifier: MIT
#include "system/container_path.hpp"

#include "tree.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace otherend::system {
namespace {

// A tree of processes whose root directories are directories in it.
struct World {
    World() {
        tree.directory("100/root/dev/pts");
        tree.file("100/root/dev/pts/0", "the right one");
        tree.file("dev/pts/0", "");
    }
    [[nodiscard]] Result<struct stat> resolve(const std::string& path) const {
        return resolve_in_root(tree.open(), Pid{100}, path);
    }
    [[nodiscard]] ino_t inode(const std::string& name) const {
        struct stat status{};
        EXPECT_EQ(stat(tree.at(name).c_str(), &status), 0) << name;
        return status.st_ino;
    }
    Tree tree;
};

TEST(ContainerPath, FollowsLinksInTheRootOfTheProcess) {
    const World world;
    world.tree.link("100/root/dev/absolute", "/dev/pts/0");
    world.tree.link("100/root/dev/relative", "pts/0");
    world.tree.link("100/root/dev/upwards", "../../../../../dev/pts/0");
    world.tree.link("100/root/tty", "/dev/absolute");
    const auto wanted = world.inode("100/root/dev/pts/0");
    for (const auto* path : {"/dev/pts/0", "/dev/absolute", "/dev/relative", "/dev/upwards", "/tty", "tty",
                             "/../../dev/pts/0"}) {
        const auto found = world.resolve(path);
        ASSERT_TRUE(found) << path << ": " << found.error().message;
        EXPECT_EQ(found->st_ino, wanted) << path;
    }
}

TEST(ContainerPath, TellsTheDeviceOfATerminal) {
    const auto found = resolve_in_root(Procfs::open().value(), Pid{getpid()}, "/dev/null");
    ASSERT_TRUE(found) << found.error().message;
    struct stat expected{};
    ASSERT_EQ(stat("/dev/null", &expected), 0);
    EXPECT_TRUE(S_ISCHR(found->st_mode));
    EXPECT_EQ(found->st_rdev, expected.st_rdev);
    EXPECT_EQ(found->st_dev, expected.st_dev);
    EXPECT_EQ(found->st_ino, expected.st_ino);
}

TEST(ContainerPath, SaysWhatCannotBeFound) {
    const World world;
    world.tree.link("100/root/loop", "/loop");
    for (const auto* path : {"/missing", "", "/loop", "/dev/pts/0/x"}) {
        const auto found = world.resolve(path);
        ASSERT_FALSE(found) << path;
        EXPECT_NE(found.error().message.find("in the root directory of process 100"), std::string::npos)
            << found.error().message;
    }
    EXPECT_FALSE(resolve_in_root(world.tree.open(), Pid{101}, "/dev/pts/0"));
}

} // namespace
} // namespace otherend::system
