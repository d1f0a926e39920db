// SPDX-License-Identifier: MIT
#include "cli/names.hpp"
#include "cli/resolve.hpp"

#include "../model/seen.hpp"
#include "base/fd.hpp"

#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

namespace otherend::cli {
namespace {

using namespace model;
using namespace model::seen;

class Names : public testing::Test {
  protected:
    Names() {
        char name[] = "/tmp/otherend-names-XXXXXX";
        if (mkdtemp(name) == nullptr)
            throw std::runtime_error("mkdtemp");
        directory_ = name;
        server_ = path("server");
    }
    ~Names() override { std::filesystem::remove_all(directory_); }

    std::string path(const std::string& name) const { return directory_ + "/" + name; }

    static Fd bind_at(const std::string& path) {
        Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        if (bind(*socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("bind");
        return socket;
    }

    // What iter/unix would say of a socket bound there.
    SocketFact bound() const {
        struct stat status{};
        if (stat(server_.c_str(), &status) != 0)
            throw std::runtime_error("stat");
        auto fact = listening(nth(1), 77, server_);
        fact.file = BoundFile{.inode = status.st_ino,
                              .device = major(status.st_dev) << 20 | minor(status.st_dev),
                              .linked = true};
        return fact;
    }

    static HolderFact held_by_us(SocketRef socket) { return held(socket, getpid(), 3); }

    static std::optional<NameState> found(Graph& graph, Verdicts verdicts = Verdicts::all) {
        find_names(system::Procfs::open().value(), verdicts, graph);
        return graph.name_of(at(graph, nth(1)))->state;
    }

    // As a walk from the socket tells them.
    static std::string components_of(const std::filesystem::path& path) {
        std::string components;
        for (auto at = path; at.has_relative_path(); at = at.parent_path())
            components += at.filename().string() + '\0';
        return components;
    }

    std::string directory_, server_;
};

// -- what a target leads to -------------------------------------------------------------------------------------

TEST_F(Names, PathTargetLearnsTheSocketItLeadsTo) {
    const auto socket = bind_at(server_);
    std::filesystem::create_symlink(server_, path("link"));
    struct stat status{};
    ASSERT_EQ(stat(server_.c_str(), &status), 0);
    for (const auto& name : {server_, path("link")}) {
        query::Target target = query::NameTarget{.bytes = name};
        ASSERT_TRUE(resolve(target));
        const auto& file = std::get<query::NameTarget>(target).file;
        ASSERT_TRUE(file) << name;
        EXPECT_EQ(file->inode, status.st_ino);
    }
}

TEST_F(Names, PathTargetThatLeadsToNoSocketStaysAName) {
    std::ofstream(path("file")) << "no socket";
    for (const auto& name : {path("file"), path("missing"), directory_, std::string("\0abstract", 9)}) {
        query::Target target = query::NameTarget{.bytes = name};
        EXPECT_TRUE(resolve(target));
        EXPECT_FALSE(std::get<query::NameTarget>(target).file) << name;
    }
}

TEST_F(Names, PathTargetOfAFifoIsItsFile) {
    ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
    std::filesystem::create_symlink(path("fifo"), path("link"));
    struct stat status{};
    ASSERT_EQ(stat(path("fifo").c_str(), &status), 0);
    for (const auto& name : {path("fifo"), path("link")}) {
        query::Target target = query::NameTarget{.bytes = name};
        ASSERT_TRUE(resolve(target));
        const auto* file = std::get_if<query::FileTarget>(&target);
        ASSERT_NE(file, nullptr) << name;
        EXPECT_EQ(file->inode, Inode{status.st_ino});
        EXPECT_EQ(file->device, major(status.st_dev) << 20 | minor(status.st_dev));
    }
}

TEST_F(Names, PathTargetOfATerminalIsItsNumberInItsInstance) {
    const Fd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(master);
    const std::string terminal = ptsname(*master);
    std::filesystem::create_symlink(terminal, path("tty"));
    struct stat status{};
    ASSERT_EQ(stat(terminal.c_str(), &status), 0);
    for (const auto& name : {terminal, path("tty")}) {
        query::Target target = query::NameTarget{.bytes = name};
        ASSERT_TRUE(resolve(target));
        const auto* found = std::get_if<query::TerminalTarget>(&target);
        ASSERT_NE(found, nullptr) << name;
        EXPECT_EQ("/dev/pts/" + std::to_string(found->index), terminal);
        EXPECT_EQ(found->device, major(status.st_dev) << 20 | minor(status.st_dev));
    }
}

TEST_F(Names, PathTargetOfAnotherDeviceStaysAName) {
    query::Target target = query::NameTarget{.bytes = "/dev/null"};
    ASSERT_TRUE(resolve(target));
    EXPECT_TRUE(std::holds_alternative<query::NameTarget>(target));
}

TEST_F(Names, PathTargetInAContainerIsWhatItsProcessesSee) {
    ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
    const auto socket = bind_at(server_);
    const ContainerFact here{.pid = Pid{getpid()}, .container = Container{"docker", "abcd", "web", ""}};
    const auto graph = graph_of({held_by_us(nth(1)), here});
    const auto proc = system::Procfs::open().value();
    const auto resolved = [&](const std::string& container, const std::string& path) {
        query::Target target = query::ContainerPathTarget{container, path};
        EXPECT_TRUE(resolve_in_container(proc, graph, target));
        return target;
    };
    EXPECT_TRUE(std::holds_alternative<query::FileTarget>(resolved("web", path("fifo"))));
    const auto name = resolved("web", server_);
    ASSERT_TRUE(std::holds_alternative<query::NameTarget>(name));
    EXPECT_EQ(std::get<query::NameTarget>(name).bytes, server_);
    EXPECT_TRUE(std::get<query::NameTarget>(name).file);
    EXPECT_TRUE(std::holds_alternative<query::ContainerPathTarget>(resolved("web", path("missing"))));
    EXPECT_TRUE(std::holds_alternative<query::ContainerPathTarget>(resolved("db", path("fifo"))));
}

TEST_F(Names, ContainerThatMayBeSeveralIsAnErrorOfUsage) {
    const auto graph =
        graph_of({held(nth(1), 10, 3), held(nth(2), 20, 3),
                  ContainerFact{.pid = Pid{10}, .container = Container{"docker", "abcd1", "web", ""}},
                  ContainerFact{.pid = Pid{20}, .container = Container{"docker", "abcd2", "db", ""}}});
    for (query::Target target : {query::Target(query::ContainerTarget{"abcd"}),
                                 query::Target(query::ContainerPathTarget{"abcd", "/x"})}) {
        const auto resolved = resolve_in_container(system::Procfs::open().value(), graph, target);
        ASSERT_FALSE(resolved);
        EXPECT_EQ(resolved.error().kind, ErrorClass::usage);
    }
}

TEST_F(Names, NamespaceTargetIsItsNumberOrWhatItsPathLeadsTo) {
    struct stat status{};
    ASSERT_EQ(stat("/proc/self/ns/net", &status), 0);
    query::Target by_path = query::NetnsTarget{.text = "/proc/self/ns/net"};
    ASSERT_TRUE(resolve(by_path));
    EXPECT_EQ(number(std::get<query::NetnsTarget>(by_path).netns), status.st_ino);

    query::Target by_number = query::NetnsTarget{.text = "4026531840", .netns = NetnsId{4026531840}};
    ASSERT_TRUE(resolve(by_number));
    EXPECT_EQ(std::get<query::NetnsTarget>(by_number).netns, NetnsId{4026531840});
}

TEST_F(Names, NamespaceTargetThatIsNoneIsAnErrorOfUsage) {
    std::ofstream(path("file")) << "no namespace";
    for (const auto& text : {std::string("no-such-name"), path("missing"), path("file"),
                             std::string("/proc/self/ns/mnt")}) { // a namespace, but of another kind
        query::Target target = query::NetnsTarget{.text = text};
        const auto resolved = resolve(target);
        ASSERT_FALSE(resolved) << text;
        EXPECT_EQ(resolved.error().kind, ErrorClass::usage);
        EXPECT_TRUE(resolved.error().message.starts_with("bad target 'netns:" + text))
            << resolved.error().message;
    }
}

TEST_F(Names, OtherTargetsNeedNoLookup) {
    query::Target target = query::PidTarget{Pid{1}};
    EXPECT_TRUE(resolve(target));
    EXPECT_EQ(std::get<query::PidTarget>(target).pid, Pid{1});
}

// -- what has become of the names in a graph ----------------------------------------------------------------------

TEST_F(Names, PathThatLeadsToItsSocketIsLive) {
    const auto socket = bind_at(server_);
    auto graph = graph_of({bound(), held_by_us(nth(1))});
    EXPECT_EQ(found(graph), NameState::live);
}

TEST_F(Names, PathThatLeadsElsewhereIsReplaced) {
    const auto old = bind_at(server_);
    auto fact = bound();
    fact.file->linked = false;
    std::filesystem::rename(server_, path("kept")); // so that its inode is not given away
    const auto other = bind_at(server_);
    auto graph = graph_of({fact, held_by_us(nth(1))});
    EXPECT_EQ(found(graph), NameState::replaced);
}

TEST_F(Names, PathThatLeadsNowhereIsUnlinked) {
    const auto old = bind_at(server_);
    auto fact = bound();
    fact.file->linked = false;
    std::filesystem::remove(server_);
    auto graph = graph_of({fact, held_by_us(nth(1))});
    EXPECT_EQ(found(graph), NameState::unlinked);
}

TEST_F(Names, PathThatIsKnownToBeLiveIsNotLookedUpAgain) {
    const auto socket = bind_at(server_);
    auto graph = graph_of({bound(), held_by_us(nth(1))});
    EXPECT_EQ(found(graph), NameState::live);
    std::filesystem::remove(server_);
    EXPECT_EQ(found(graph), NameState::live);
}

TEST_F(Names, PathThatWasNotLiveIsLookedUpAgainWhereAWalkSaysItIs) {
    const auto socket = bind_at(server_);
    auto graph = graph_of({bound(), held_by_us(nth(1))});
    std::filesystem::rename(server_, path("moved"));
    EXPECT_EQ(found(graph), NameState::hidden);
    const auto components = components_of(path("moved"));
    graph.apply(lies_at(nth(1), components));
    EXPECT_EQ(found(graph), NameState::live);
    EXPECT_EQ(graph.name_of(at(graph, nth(1)))->found_path, path("moved"));
}

TEST_F(Names, FirstLookTellsOnlyWhatIsLive) {
    const auto socket = bind_at(server_);
    auto graph = graph_of({bound(), held_by_us(nth(1))});
    std::filesystem::rename(server_, path("moved"));
    EXPECT_EQ(found(graph, Verdicts::live), std::nullopt);
    EXPECT_EQ(found(graph, Verdicts::all), NameState::hidden);
    std::filesystem::rename(path("moved"), server_);
    EXPECT_EQ(found(graph, Verdicts::live), NameState::live);
}

TEST_F(Names, AbstractNamesAndThoseWithoutAFileAreNotLookedUp) {
    auto abstract = graph_of({listening(nth(1), 77, std::string_view("\0abstract", 9))});
    EXPECT_EQ(found(abstract), std::nullopt);
    auto without_file = graph_of({listening(nth(1), 77, server_)});
    EXPECT_EQ(found(without_file), std::nullopt);
}

// -- where a walk may tell more of a name --------------------------------------------------------------------------

using Lost = std::set<Inode>;

Lost lost(const Graph& graph) {
    Lost inodes;
    for (const auto id : sockets_with_lost_names(graph))
        inodes.insert(graph[id].self.inode);
    return inodes;
}

SocketFact bound(SocketRef self, std::uint64_t address_id) {
    auto fact = listening(self, address_id);
    fact.file = BoundFile{.inode = 5, .linked = true};
    return fact;
}

TEST(LostNames, AreAllButTheLive) {
    auto graph = graph_of({bound(nth(1), 77)});
    EXPECT_EQ(lost(graph), Lost{nth(1).inode}); // the lookup could not tell
    for (const auto state : {NameState::unlinked, NameState::replaced, NameState::hidden}) {
        graph.apply(NameFact{nth(1), state, {}});
        EXPECT_EQ(lost(graph), Lost{nth(1).inode}) << static_cast<int>(state);
    }
    graph.apply(NameFact{nth(1), NameState::live, {}});
    EXPECT_EQ(lost(graph), Lost{});
}

TEST(LostNames, AreOfOneSocketEach) {
    auto graph =
        graph_of({bound(nth(1), 77), bound(nth(2), 78), bound(nth(3), 79), accepted(nth(4), nth(5), 79)});
    EXPECT_EQ(lost(graph), (Lost{nth(1).inode, nth(2).inode, nth(3).inode}));
    graph.apply(NameFact{nth(1), NameState::live, {}});
    EXPECT_EQ(lost(graph), (Lost{nth(2).inode, nth(3).inode}));
    graph.apply(NameFact{nth(4), NameState::live, {}});
    EXPECT_EQ(lost(graph), Lost{nth(2).inode});
}

TEST(LostNames, AreNotThoseThatLeadToNoFileOrOfSocketsThatAreGone) {
    auto abstract = bound(nth(1), 77);
    abstract.name = std::string_view("\0abstract", 9);
    EXPECT_EQ(lost(graph_of({abstract, listening(nth(2), 78), idle(nth(3))})), Lost{});

    const SocketRef reused{nth(4).address, Inode{99999}};
    auto graph = graph_of({bound(nth(4), 79)});
    EXPECT_EQ(lost(graph), Lost{nth(4).inode});
    graph.apply(idle(reused));
    EXPECT_EQ(lost(graph), Lost{});
    graph.apply(bound(nth(5), 79)); // it shares the name of the one that is gone
    EXPECT_EQ(lost(graph), Lost{nth(5).inode});
}

} // namespace
} // namespace otherend::cli
