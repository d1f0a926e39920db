// SPDX-License-Identifier: MIT
// What an answer does not tell, and the exit code says.
#include "cli/find.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace otherend::cli {
namespace {

TEST(Find, WhatRacedOrIsUnknownTellsNobody) {
    for (const auto state : {State::connected, State::pending, State::connecting, State::closed,
                             State::inflight, State::listening, State::unconnected})
        EXPECT_TRUE(is_known({.state = state})) << static_cast<int>(state);
    EXPECT_FALSE(is_known({.state = State::raced}));
    EXPECT_FALSE(is_known({.state = State::unknown}));
}

std::set<Kind> kinds_found(std::vector<query::Target> targets, const Look& look, const Wants& wants = {}) {
    const auto found = find(std::move(targets), look, wants);
    std::set<Kind> kinds;
    if (!found)
        ADD_FAILURE() << found.error().message;
    else
        found->snapshot->graph.for_each_socket([&](model::SocketId id, const model::Socket& socket) {
            if (found->links.is_visible(id))
                kinds.insert(socket.kind);
        });
    return kinds;
}

TEST(Find, LooksAtTheKindsThatTargetsCanBe) {
    int pipe[2], pair[2];
    ASSERT_EQ(pipe2(pipe, O_CLOEXEC), 0);
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    const Fd ends[] = {Fd(pipe[0]), Fd(pipe[1]), Fd(pair[0]), Fd(pair[1])};
    const query::Target a_pid = query::PidTarget{Pid{getpid()}}, a_fifo = query::FileTarget{Inode{1}, 1},
                        a_name = query::NameTarget{.bytes = "/no/such/name"};
    const Look by_procfs{.source = SourceChoice::proc};
    EXPECT_EQ(kinds_found({a_fifo}, by_procfs), std::set{Kind::pipe});
    EXPECT_EQ(kinds_found({a_fifo, a_name}, by_procfs), (std::set{Kind::pipe, Kind::unix_socket}));
    const auto any = kinds_found({a_fifo, a_pid}, by_procfs);
    EXPECT_TRUE(any.contains(Kind::pipe) && any.contains(Kind::unix_socket)) << "a process holds any";
    const auto on_the_way = kinds_found({a_fifo}, by_procfs, {.relays = true});
    EXPECT_TRUE(on_the_way.contains(Kind::unix_socket)) << "a relay may hold any";
    EXPECT_EQ(kinds_found({a_pid}, {.source = SourceChoice::proc, .kinds = {Kind::pipe}}),
              std::set{Kind::pipe});
}

// A process that holds nothing at all.
class EmptyHanded {
  public:
    EmptyHanded() : pid_(fork()) {
        if (pid_ == 0) {
            close_range(0, ~0U, 0);
            for (;;)
                pause();
        }
        const auto descriptors = "/proc/" + std::to_string(pid_) + "/fd";
        while (pid_ > 0 && !std::filesystem::is_empty(descriptors))
            usleep(1000);
    }
    ~EmptyHanded() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    EmptyHanded(const EmptyHanded&) = delete;
    EmptyHanded(EmptyHanded&&) = delete;
    EmptyHanded& operator=(const EmptyHanded&) = delete;
    EmptyHanded& operator=(EmptyHanded&&) = delete;

    [[nodiscard]] Pid pid() const { return Pid{pid_}; }

  private:
    pid_t pid_;
};

TEST(Find, KnowsEveryProcessWhereATargetIsAPlace) {
    const EmptyHanded process;
    const Look at_udp{.source = SourceChoice::proc, .kinds = {Kind::udp}};
    const auto knows_it = [&](const query::Target& target) {
        const auto found = find({target}, at_udp, {});
        return found && std::ranges::any_of(found->snapshot->graph.processes(), [&](const auto& known) {
                   return known.pid == process.pid() && !known.comm.empty() && is_set(known.netns);
               });
    };
    EXPECT_TRUE(knows_it(query::ContainerTarget{"none"}));
    EXPECT_TRUE(knows_it(query::UnitTarget{"none"}));
    EXPECT_TRUE(knows_it(query::ContainerPathTarget{"none", "/"}));
    EXPECT_FALSE(knows_it(query::PidTarget{process.pid()}));
}

std::vector<Unseen> unseen_after(const std::vector<Endpoint>& endpoints) {
    Doubts doubts;
    for (const auto& endpoint : endpoints)
        doubts.look_at(endpoint);
    std::vector<Unseen> unseen;
    doubts.add_to(unseen);
    return unseen;
}

TEST(Doubts, CountSocketsThatNobodyIsSeenToHold) {
    const Endpoint unheld{.inode = Inode{1}}, held{.inode = Inode{2}, .holders = {Holder{}}},
        embryo{}; // has no inode: it waits for accept(), and nobody holds it yet
    EXPECT_EQ(unseen_after({held, embryo}).size(), 0U);
    const auto unseen = unseen_after({unheld, held, unheld});
    ASSERT_EQ(unseen.size(), 1U);
    EXPECT_EQ(unseen[0].what, "holders of sockets");
    EXPECT_EQ(unseen[0].count, 2U);
}

TEST(Doubts, CountEdgesThatSockDiagDenies) {
    const Endpoint endpoint{.inode = Inode{1},
                            .holders = {Holder{}},
                            .peers = {Edge{.verified = false}, Edge{.verified = true}, Edge{}}};
    const auto unseen = unseen_after({endpoint});
    ASSERT_EQ(unseen.size(), 1U);
    EXPECT_EQ(unseen[0].what, "edges");
    EXPECT_EQ(unseen[0].count, 1U);
}

} // namespace
} // namespace otherend::cli
