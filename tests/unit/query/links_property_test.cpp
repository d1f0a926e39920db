// SPDX-License-Identifier: MIT
// Whatever a racing kernel and a hostile order of facts may tell: an edge has two ends that name each other.
#include "query/links.hpp"

#include "../kernel/fact_text.hpp"
#include "query/describe.hpp"
#include "scene.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <gtest/gtest.h>
#include <random>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

constexpr std::uint32_t streams = 5, datagrams = 3; // few, so that they meet
constexpr int worlds = 20'000;

// Facts that are each possible, about sockets that contradict each other.
class Chaos {
  public:
    explicit Chaos(std::uint32_t seed) : random_(seed) {}

    std::vector<Fact> facts() {
        std::vector<Fact> facts;
        for (auto count = below(30) + 2; count > 0; --count)
            facts.push_back(fact());
        return facts;
    }
    std::vector<Fact> facts_of_diag() {
        std::vector<Fact> facts;
        for (auto count = below(16) + 2; count > 0; --count)
            facts.push_back(fact_of_diag());
        return facts;
    }

  private:
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_()) % limit; }
    bool rarely() { return below(8) == 0; }

    SocketRef reused(SocketRef ref) { // by another socket at the same address
        return rarely() ? SocketRef{ref.address, Inode{number(ref.inode) + 1000}} : ref;
    }
    SocketRef stream() { return reused(nth(below(streams))); }
    SocketRef datagram() { return reused(nth(streams + below(datagrams))); }
    SocketRef socket() { return below(3) == 0 ? datagram() : stream(); }
    SocketRef stream_besides(SocketRef one) {
        auto ref = stream();
        while (ref.address == one.address)
            ref = stream();
        return ref;
    }
    SocketType type() { return below(4) == 0 ? SocketType::seqpacket : SocketType::stream; }

    SocketFact datagram_fact() {
        const auto self = datagram(), other = datagram();
        switch (below(4)) {
        case 0:
            return idle(self, SocketType::dgram);
        case 1:
            return survivor(self, other.address, SocketType::dgram);
        case 2:
            return joined(self, other, SocketType::dgram);
        default:
            return sending(self, other);
        }
    }
    SocketFact stream_fact() {
        const auto self = stream(), other = stream_besides(self);
        switch (below(8)) {
        case 0:
            return idle(self, type());
        case 1:
            return listening(self, below(3));
        case 2:
            return accepted(self, other, below(3));
        case 3:
            return waiting_client(self, {.address = other.address});
        case 4:
            return embryo({.address = self.address}, other, stream_besides(self), below(3));
        case 5:
            return survivor(self, other.address, type());
        default:
            return joined(self, other, type());
        }
    }
    SocketFact disturbed(SocketFact fact) {
        if (rarely())
            fact.peer_open = !*fact.peer_open;
        if (rarely())
            fact.peer_is_unix = !*fact.peer_is_unix;
        if (rarely())
            fact.peer_peer = stream().address;
        if (rarely())
            fact.open = !*fact.open;
        if (rarely())
            fact.has_file = !*fact.has_file;
        return fact;
    }
    Fact fact() {
        const auto self = stream(), other = stream_besides(self);
        const auto pid = static_cast<int>(below(3)) + 10, tid = pid + static_cast<int>(below(2)) * 100;
        const auto fd = static_cast<int>(below(4));
        switch (below(12)) {
        case 0: {
            auto holder = held_by_thread(self, pid, tid, below(3), fd);
            holder.peer = other.address;
            holder.socket_netns = rarely() ? elsewhere : home;
            return holder;
        }
        case 1:
            return QueuedFact{{.address = self.address},
                              {.address = other.address},
                              rarely() ? SocketRef{} : stream_besides(other)};
        case 2:
            return WaiterFact{{.address = self.address}, Pid{pid}, Pid{tid}};
        case 3:
            return BlockedFact{Pid{pid}, Pid{tid}, fd};
        case 4:
            return InflightFact{{.address = socket().address}, socket()};
        case 5:
            return rarely() ? Fact(ring(pid, fd)) : Fact(RingFileFact{Pid{pid}, fd, socket().inode});
        case 6:
            return VisitedFact{.netns = home};
        default:
            return disturbed(below(3) == 0 ? datagram_fact() : stream_fact());
        }
    }
    Fact fact_of_diag() {
        if (below(3) == 0)
            return rarely() ? peer_lost_by_diag(datagram().inode, SocketType::dgram)
                            : by_diag(datagram().inode, datagram().inode, SocketType::dgram);
        const auto self = stream(), other = stream_besides(self);
        switch (below(5)) {
        case 0:
            return peer_lost_by_diag(self.inode, type());
        case 1:
            return by_diag(self.inode, {}, type());
        case 2:
            return listening_by_diag(self.inode, waiting_.emplace_back(std::array{other.inode, Inode{}}));
        default:
            return by_diag(self.inode, other.inode, type());
        }
    }

    std::mt19937 random_;
    std::deque<std::array<Inode, 2>> waiting_; // what facts point to
};

bool names(const Links& links, SocketId id, SocketId other) {
    return std::ranges::any_of(links.all(id), [&](const Link& link) { return link.other == other; });
}

// What must hold of a link whichever facts it was made of.
void check(const Graph& graph, const Links& links, SocketId id, const Link& link) {
    const auto& socket = graph[id];
    const bool joins =
        link.state == State::connected || link.state == State::pending || link.state == State::connecting;
    EXPECT_EQ(link.other.has_value(), joins);
    EXPECT_EQ(link.note.empty(), link.state != State::raced && link.state != State::unknown);
    if (!link.other)
        return;
    const auto& other = graph[*link.other];
    EXPECT_FALSE(other.gone);
    EXPECT_TRUE(links.is_visible(*link.other));
    EXPECT_TRUE(names(links, *link.other, id) || other.is_embryo());
    if (link.state == State::connecting || link.method == Method::diag || socket.is_dgram())
        return;
    EXPECT_NE(*link.other, id);
    EXPECT_EQ(socket.peer.address, other.self.address);
    EXPECT_EQ(other.peer.address, socket.self.address);
    EXPECT_EQ(links.own(*link.other).state, link.state);
}

void check(const Graph& graph) {
    const Links links(graph);
    Endpoint endpoint;
    graph.for_each_socket([&](SocketId id, const Socket&) {
        if (links.is_visible(id))
            check(graph, links, id, links.own(id));
        describe(graph, links, id, endpoint); // of any socket
        EXPECT_EQ(endpoint.state, links.state_of(id));
        EXPECT_EQ(endpoint.peers.size(), links.all(id).size());
        EXPECT_NE(links.listener_of(id), id);
    });
}

// Stops at the first world in which an edge is wrong, and prints what made it.
void check_worlds(Source source, std::vector<Fact> (Chaos::*facts_of)()) {
    for (std::uint32_t seed = 1; seed <= worlds && !testing::Test::HasFailure(); ++seed) {
        Chaos chaos(seed);
        const auto facts = (chaos.*facts_of)();
        check(graph_of(facts, source));
        if (testing::Test::HasFailure())
            for (const auto& fact : facts)
                ADD_FAILURE() << "seed " << seed << ": " << kernel::fact_text(fact);
    }
}

TEST(LinksProperty, EveryEdgeHasTwoEndsThatNameEachOther) {
    check_worlds(Source::bpf, &Chaos::facts);
}

TEST(LinksProperty, EveryEdgeOfSockDiagHasTwoEndsThatNameEachOther) {
    check_worlds(Source::diag, &Chaos::facts_of_diag);
}

} // namespace
} // namespace otherend::query
