// SPDX-License-Identifier: MIT
#include "system/bound_path.hpp"

#include "processes.hpp"
#include "tree.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

namespace otherend::system {
namespace {

std::uint32_t kernel_encoding(dev_t device) {
    return major(device) << 20 | minor(device);
}

// Two processes, 1 and 2, with roots of their own: world1 and world2.
class BoundPath : public testing::Test {
  protected:
    BoundPath() {
        for (const auto* pid : {"1", "2"}) {
            tree.directory(world(pid) + "/run");
            tree.directory(world(pid) + "/var");
            tree.link(world(pid) + "/var/run", "/run");
            tree.link(std::string(pid) + "/root", tree.at(world(pid)));
            tree.link(std::string(pid) + "/cwd", tree.at(world(pid) + "/run"));
        }
        proc = tree.open();
    }

    static std::string world(const std::string& pid) { return "world" + pid; }

    // Binds in the world of process 1 unless told otherwise, and says what the kernel knows of it.
    model::BoundFile bind_at(const std::string& name, std::optional<bool> linked) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        const auto path = tree.at(name).string();
        EXPECT_LT(path.size(), sizeof address.sun_path);
        std::strcpy(address.sun_path, path.c_str());
        const Fd fd(socket(AF_UNIX, SOCK_STREAM, 0));
        EXPECT_EQ(bind(*fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        struct stat status{};
        EXPECT_EQ(stat(path.c_str(), &status), 0);
        return {.inode = status.st_ino, .device = kernel_encoding(status.st_dev), .linked = linked};
    }

    std::optional<NameLookup> look_up(std::string_view name, std::string_view path,
                                      const model::BoundFile& file, std::vector<Pid> holders = {Pid{1}}) {
        return look_up_name(*proc, {.name = name, .file = file, .path = path, .holders = holders});
    }

    void expect_state(const std::optional<NameLookup>& answer, NameState state,
                      const std::string& path = "") {
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->state, state);
        EXPECT_EQ(answer->path, path);
    }

    Tree tree;
    std::optional<Procfs> proc;
};

constexpr std::optional<bool> linked = true, unlinked = false, not_known = std::nullopt;

// -- live ------------------------------------------------------------------------------------------------

TEST_F(BoundPath, IsLiveWhereItLeadsToTheSocket) {
    const auto file = bind_at("world1/run/x", linked);
    expect_state(look_up("/run/x", "/run/x", file), NameState::live);
    expect_state(look_up("/run/x", "", file), NameState::live);
}

TEST_F(BoundPath, IsLiveForSockDiagToo) {
    expect_state(look_up("/run/x", "", bind_at("world1/run/x", not_known)), NameState::live);
}

TEST_F(BoundPath, PassesThroughAbsoluteLinksInsideTheRootOfItsHolder) {
    expect_state(look_up("/var/run/x", "", bind_at("world1/run/x", not_known)), NameState::live);
}

TEST_F(BoundPath, DoesNotLeaveTheRootOfItsHolder) {
    expect_state(look_up("/../../run/x", "", bind_at("world1/run/x", not_known)), NameState::live);
}

TEST_F(BoundPath, ThatWasRenamedIsLiveAtItsNewPlace) {
    expect_state(look_up("/run/old", "/run/x", bind_at("world1/run/x", linked)), NameState::live, "/run/x");
}

TEST_F(BoundPath, FollowsALinkThatTookItsPlaceAsConnectDoes) {
    const auto file = bind_at("world1/run/x", not_known);
    std::filesystem::rename(tree.at("world1/run/x"), tree.at("world1/run/real"));
    tree.link("world1/run/x", "real");
    expect_state(look_up("/run/x", "", file), NameState::live);
}

TEST_F(BoundPath, ThatIsRelativeIsLookedForInTheWorkingDirectory) {
    const auto file = bind_at("world1/run/x", not_known);
    expect_state(look_up("x", "", file), NameState::live,
                 std::filesystem::canonical(tree.at("world1/run/x")));
    expect_state(look_up("../run/x", "", file), NameState::live,
                 std::filesystem::canonical(tree.at("world1/run/x")));
}

TEST_F(BoundPath, IsLiveIfOneHolderOfSeveralSeesIt) {
    expect_state(look_up("/run/x", "", bind_at("world2/run/x", linked), {Pid{1}, Pid{2}}), NameState::live);
}

// -- unlinked, replaced, hidden -----------------------------------------------------------------------------

TEST_F(BoundPath, IsUnlinkedWhereNothingIs) {
    for (const auto known : {unlinked, not_known}) {
        const auto file = bind_at("world1/run/x", known);
        std::filesystem::remove(tree.at("world1/run/x"));
        expect_state(look_up("/run/x", "", file), NameState::unlinked);
        expect_state(look_up("/run/x", known ? "/run/x" : "", file), NameState::unlinked);
    }
}

TEST_F(BoundPath, IsUnlinkedWhereItsDirectoryIsGone) {
    const auto file = bind_at("world1/run/x", not_known);
    std::filesystem::remove_all(tree.at("world1/run"));
    tree.file("world1/run", "no directory");
    expect_state(look_up("/run/x", "", file), NameState::unlinked);
}

TEST_F(BoundPath, IsReplacedWhereAnotherSocketIs) {
    for (const auto known : {unlinked, not_known}) {
        const auto file = bind_at("world1/run/x", known);
        std::filesystem::rename(tree.at("world1/run/x"),
                                tree.at("world1/run/kept")); // or its inode is used again
        bind_at("world1/run/x", {});
        expect_state(look_up("/run/x", "", file), NameState::replaced);
        std::filesystem::remove(tree.at("world1/run/x"));
    }
}

TEST_F(BoundPath, IsReplacedWhereAFileOrDirectoryIs) {
    for (const auto known : {unlinked, not_known}) {
        const auto file = bind_at("world1/run/x", known);
        std::filesystem::rename(tree.at("world1/run/x"), tree.at("world1/run/kept"));
        tree.file("world1/run/x", "");
        expect_state(look_up("/run/x", "", file), NameState::replaced);
        std::filesystem::remove(tree.at("world1/run/x"));
        tree.directory("world1/run/x");
        expect_state(look_up("/run/x", "", file), NameState::replaced);
        std::filesystem::remove(tree.at("world1/run/x"));
    }
}

TEST_F(BoundPath, IsHiddenIfItIsLinkedButNotSeen) {
    const auto file = bind_at("world1/kept", linked);
    expect_state(look_up("/run/x", "/run/x", file), NameState::hidden);
    bind_at("world1/run/x", {});
    expect_state(look_up("/run/x", "/run/x", file), NameState::hidden);
}

// -- no answer ------------------------------------------------------------------------------------------------

TEST_F(BoundPath, IsNotJudgedByWhatIsNotInAWorkingDirectory) {
    auto file = bind_at("world1/kept", not_known);
    EXPECT_FALSE(look_up("x", "", file));
    tree.file("world1/run/x", "");
    EXPECT_FALSE(look_up("x", "", file));
    file.linked = linked;
    EXPECT_FALSE(look_up("x", "", file));
    file.linked = unlinked;
    expect_state(look_up("x", "", file), NameState::unlinked); // the kernel says so
}

// sock_diag does not tell whether it is linked: it may be there still, below what was mounted over its directory.
TEST_F(BoundPath, IsNotJudgedByADirectoryOnAnotherFileSystem) {
    auto file = bind_at("world1/run/x", not_known);
    std::filesystem::remove(tree.at("world1/run/x"));
    expect_state(look_up("/run/x", "", file), NameState::unlinked);
    ++file.device;
    EXPECT_FALSE(look_up("/run/x", "", file));
    file.linked = unlinked;
    expect_state(look_up("/run/x", "", file), NameState::unlinked);
}

TEST_F(BoundPath, IsNotJudgedWithoutAnybodyWhoLooks) {
    const auto file = bind_at("world1/run/x", not_known);
    EXPECT_FALSE(look_up("/run/x", "", file, {}));
    EXPECT_FALSE(look_up("/run/x", "", file, {Pid{99}}));
}

TEST_F(BoundPath, IsNotJudgedIfHoldersSeeDifferentThings) {
    auto file = bind_at("world1/kept", not_known);
    tree.file("world2/run/x", "");
    EXPECT_FALSE(look_up("/run/x", "", file, {Pid{1}, Pid{2}}));
    file.linked = unlinked;
    expect_state(look_up("/run/x", "", file, {Pid{1}, Pid{2}}), NameState::unlinked);
}

TEST_F(BoundPath, IsNotJudgedWherePermissionIsMissing) {
    const auto file = bind_at("world1/run/x", not_known);
    tree.forbid("world1/run");
    const Nobody nobody;
    for (const auto known : {linked, unlinked, not_known}) {
        auto known_file = file;
        known_file.linked = known;
        EXPECT_FALSE(look_up("/run/x", "", known_file));
    }
}

TEST_F(BoundPath, IsNotJudgedThroughALoopOfLinks) {
    tree.link("world1/run/loop", "loop");
    EXPECT_FALSE(look_up("/run/loop/x", "", bind_at("world1/run/x", not_known)));
}

// -- identity -------------------------------------------------------------------------------------------------

TEST_F(BoundPath, IdentifiesSocketsOnly) {
    const auto file = bind_at("world1/run/x", linked);
    tree.link("link", "world1/run/x");
    tree.file("file", "");
    for (const auto* name : {"world1/run/x", "link"}) {
        const auto identity = identify(tree.at(name));
        ASSERT_TRUE(identity) << name;
        EXPECT_TRUE(is_same_file(*identity, file)) << name;
    }
    EXPECT_FALSE(identify(tree.at("file")));
    EXPECT_FALSE(identify(tree.at("")));
    EXPECT_FALSE(identify(tree.at("missing")));
}

TEST(FileIdentity, NeedsInodeAndDevice) {
    const model::BoundFile bound{.inode = 7, .device = 0x800001, .linked = true};
    EXPECT_TRUE(is_same_file({7, 0x800001, false}, bound));
    EXPECT_FALSE(is_same_file({8, 0x800001, false}, bound));
    EXPECT_FALSE(is_same_file({7, 0x800002, false}, bound));
}

TEST(FileIdentity, DoesNotNeedADeviceThatStatMakesUp) {
    const model::BoundFile bound{.inode = 7, .device = 0x800001, .linked = true};
    EXPECT_TRUE(is_same_file({7, 0x2a, true}, bound));
    EXPECT_FALSE(is_same_file({8, 0x2a, true}, bound));
}

TEST(FileIdentity, ComparesWhatSockDiagLeavesOfAnInode) {
    const std::uint64_t inode = 0x5'0000'0007;
    EXPECT_TRUE(is_same_file({inode, 1, false}, {.inode = 7, .device = 1, .linked = std::nullopt}));
    EXPECT_FALSE(is_same_file({inode, 1, false}, {.inode = 7, .device = 1, .linked = true}));
    EXPECT_TRUE(is_same_file({inode, 1, false}, {.inode = inode, .device = 1, .linked = true}));
}

} // namespace
} // namespace otherend::system
