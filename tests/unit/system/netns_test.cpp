// SPDX-License-Identifier: MIT
#include "system/netns.hpp"

#include "collected.hpp"
#include "processes.hpp"
#include "tree.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <thread>

namespace otherend::system {
namespace {

NetnsId netns_of(const std::string& task) {
    struct stat status{};
    EXPECT_EQ(stat(("/proc/" + task + "/ns/net").c_str(), &status), 0);
    return NetnsId{static_cast<std::uint32_t>(status.st_ino)};
}

NetnsId here() {
    return netns_of("thread-self");
}

// A process in a network namespace of its own.
class NetworkNamespace : public testing::Test {
  protected:
    void SetUp() override {
        if (!child.is_ready())
            GTEST_SKIP() << "needs CAP_SYS_ADMIN";
        away = netns_of(directory_of(child.pid()));
    }

    static NetworkNamespaces open() { return NetworkNamespaces::open(Procfs::open().value()).value(); }
    static bool has(const std::vector<NetnsId>& ids, NetnsId id) { return std::ranges::count(ids, id) == 1; }

    Child child{[](const auto& ready) {
        if (unshare(CLONE_NEWNET) < 0)
            return false;
        ready();
        pause();
        return true;
    }};
    NetnsId away{};
    Collected collected;
};

TEST(NetworkNamespaces, KnowWhereTheyWereOpened) {
    EXPECT_EQ(NetworkNamespaces::open(Procfs::open().value())->current(), here());
}

TEST(NetworkNamespaces, AreNotFoundInATreeWithoutThem) {
    const Tree tree;
    EXPECT_FALSE(NetworkNamespaces::open(tree.open()));
}

TEST_F(NetworkNamespace, OfAProcessIsFound) {
    const auto found = open().find_all(collected.sink());
    EXPECT_TRUE(has(found, here()));
    EXPECT_TRUE(has(found, away));
    EXPECT_NE(away, here());
}

TEST_F(NetworkNamespace, OfAProcessWhoseLeaderHasExitedIsFoundThroughAThread) {
    const auto leader = [](pid_t pid) {
        return Procfs::open().value().read_link(std::to_string(pid) + "/ns/net");
    };
    const Child orphan([&](const auto& ready) {
        if (unshare(CLONE_NEWNET) < 0)
            return false;
        std::thread([&, pid = getpid()] {
            wait_until([&] { return !leader(pid); });
            ready();
            pause();
        }).detach();
        syscall(SYS_exit, 0);
        return true;
    });
    ASSERT_TRUE(orphan.is_ready());
    const auto tasks =
        Procfs::open().value().enter(directory_of(orphan.pid()) + "/task").value().numbers().value();
    const auto tid = *std::ranges::find_if(tasks, [&](int task) { return Pid{task} != orphan.pid(); });
    const auto wanted = netns_of(std::to_string(tid));

    auto namespaces = open();
    EXPECT_TRUE(has(namespaces.find_all(collected.sink()), wanted));
    EXPECT_TRUE(namespaces.run_in(wanted, []() -> Result<void> { return {}; }));
}

TEST_F(NetworkNamespace, IsEnteredAndLeft) {
    auto namespaces = open();
    const auto home = here();
    NetnsId inside{};
    const auto visit = [&]() -> Result<void> {
        inside = here();
        return {};
    };
    ASSERT_TRUE(namespaces.run_in(away, visit));
    EXPECT_EQ(inside, away);
    EXPECT_EQ(here(), home);
    ASSERT_TRUE(namespaces.run_in(home, visit));
    EXPECT_EQ(inside, home);
}

TEST_F(NetworkNamespace, IsLeftWithTheErrorOfTheVisit) {
    const auto home = here();
    const auto result = open().run_in(
        away, []() -> Result<void> { return std::unexpected(Error{ErrorClass::unsupported, "no luck"}); });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "no luck");
    EXPECT_EQ(here(), home);
}

TEST_F(NetworkNamespace, IsLeftIfTheVisitThrows) {
    const auto home = here();
    auto namespaces = open();
    EXPECT_THROW((void)namespaces.run_in(away, []() -> Result<void> { throw std::runtime_error("thrown"); }),
                 std::runtime_error);
    EXPECT_EQ(here(), home);
}

// A tree that leads to the namespace through the hint, and shows nothing to a search.
TEST_F(NetworkNamespace, IsFoundThroughAHintWithoutASearch) {
    const Tree tree;
    tree.link("thread-self/ns/net", "/proc/thread-self/ns/net");
    tree.link("77/ns/net", "/proc/" + directory_of(child.pid()) + "/ns/net");
    auto namespaces = NetworkNamespaces::open(tree.open()).value();
    EXPECT_FALSE(namespaces.handle_for(away));
    EXPECT_TRUE(namespaces.handle_for(away, Pid{77}));
    EXPECT_TRUE(namespaces.handle_for(away)); // it remembers
}

TEST_F(NetworkNamespace, IsFoundDespiteAHintThatLeadsElsewhere) {
    for (const auto hint : {Pid{getpid()}, Pid{999'999'999}}) {
        const auto handle = open().handle_for(away, hint);
        ASSERT_TRUE(handle);
        EXPECT_EQ(inode_of(**handle), Inode{number(away)});
    }
}

TEST_F(NetworkNamespace, IsFoundAgainWhereAnotherProcessKeepsIt) {
    const auto stay = [](const auto& ready) {
        ready();
        pause();
        return true;
    };
    auto first =
        std::make_unique<Child>([&](const auto& ready) { return unshare(CLONE_NEWNET) == 0 && stay(ready); });
    ASSERT_TRUE(first->is_ready());
    const auto path = "/proc/" + directory_of(first->pid()) + "/ns/net";
    const auto wanted = netns_of(directory_of(first->pid()));
    const Child second([&](const auto& ready) {
        const Fd handle(::open(path.c_str(), O_RDONLY));
        return setns(*handle, CLONE_NEWNET) == 0 && stay(ready);
    });
    ASSERT_TRUE(second.is_ready());

    auto namespaces = open();
    ASSERT_TRUE(has(namespaces.find_all(collected.sink()), wanted));
    ASSERT_TRUE(namespaces.handle_for(wanted, first->pid()));
    first.reset();
    EXPECT_TRUE(namespaces.handle_for(wanted));
}

TEST_F(NetworkNamespace, ThatIsNotThereIsNamedInTheError) {
    const auto result = open().run_in(NetnsId{7}, []() -> Result<void> { return {}; });
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("net:[7]"), std::string::npos) << result.error().message;
}

TEST_F(NetworkNamespace, WithoutAProcessIsFoundThroughItsSocket) {
    for (const int family : {AF_UNIX, AF_INET, AF_INET6}) {
        Fd socket;
        NetnsId lonely{};
        std::thread([&] { // its namespace goes with it, but for the socket
            ASSERT_EQ(unshare(CLONE_NEWNET), 0);
            lonely = here();
            socket = Fd(::socket(family, SOCK_STREAM, 0));
        })
            .join();
        auto namespaces = open();
        EXPECT_FALSE(namespaces.handle_for(lonely));
        const auto origin = namespaces.add_from_socket(Pid{getpid()}, *socket);
        ASSERT_TRUE(origin) << origin.error().message;
        EXPECT_EQ(origin->netns, lonely);
        EXPECT_EQ(origin->family, family);
        NetnsId inside{};
        ASSERT_TRUE(namespaces.run_in(lonely, [&]() -> Result<void> {
            inside = here();
            return {};
        }));
        EXPECT_EQ(inside, lonely);
        EXPECT_TRUE(has(namespaces.find_all(collected.sink()), lonely));
    }
}

TEST_F(NetworkNamespace, WithoutAProcessIsFoundThroughItsMount) {
    const Tree tree;
    tree.file("a b\\c", "");
    bool found = false, entered = false;
    NetnsId mounted{};
    std::thread([&] { // and the mount goes with its mount namespace
        ASSERT_EQ(unshare(CLONE_FS | CLONE_NEWNS), 0);
        ASSERT_EQ(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        std::thread([&] {
            ASSERT_EQ(unshare(CLONE_NEWNET), 0);
            mounted = here();
            ASSERT_EQ(mount("/proc/thread-self/ns/net", tree.at("a b\\c").c_str(), nullptr, MS_BIND, nullptr),
                      0);
        }).join();
        auto namespaces = open();
        found = has(namespaces.find_all(collected.sink()), mounted);
        entered = namespaces.run_in(mounted, []() -> Result<void> { return {}; }).has_value();
    })
        .join();
    EXPECT_TRUE(found);
    EXPECT_TRUE(entered);
}

TEST_F(NetworkNamespace, IsNotEnteredWithoutPermission) {
    auto namespaces = open();
    ASSERT_TRUE(namespaces.handle_for(away, child.pid()));
    const Nobody nobody;
    const auto result = namespaces.run_in(away, []() -> Result<void> { return {}; }, child.pid());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorClass::not_permitted) << result.error().message;
}

TEST_F(NetworkNamespace, OfASocketThatIsNoneIsAnError) {
    const Fd file(::open("/dev/null", O_RDONLY));
    auto namespaces = open();
    EXPECT_FALSE(namespaces.add_from_socket(Pid{getpid()}, *file));
    EXPECT_FALSE(namespaces.add_from_socket(Pid{getpid()}, 999'999));
    EXPECT_FALSE(namespaces.add_from_socket(Pid{999'999'999}, 3));
}

} // namespace
} // namespace otherend::system
