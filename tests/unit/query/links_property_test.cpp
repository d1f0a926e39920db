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
#include <set>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

constexpr int worlds = 20'000;

// Facts that are each possible and may contradict each other, about so few sockets that they meet: a server, two
// clients, two ends of the server, three datagram sockets.
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
    SocketRef server() { return reused(nth(0)); }
    SocketRef client() { return reused(nth(1 + below(2))); }
    SocketRef server_end() { return reused(nth(3 + below(2))); }
    SocketRef datagram() { return reused(nth(5 + below(3))); }
    SocketRef socket() { return reused(nth(below(8))); }
    EndpointType type() { return below(4) == 0 ? EndpointType::seqpacket : EndpointType::stream; }

    SocketFact datagram_fact() {
        const auto self = datagram(), other = datagram();
        switch (below(4)) {
        case 0:
            return idle(self, EndpointType::dgram);
        case 1:
            return survivor(self, other.address, EndpointType::dgram);
        case 2:
            return joined(self, other, EndpointType::dgram);
        default:
            return sending(self, other);
        }
    }
    SocketFact stream_fact() {
        switch (below(9)) {
        case 0:
            return idle(below(2) == 0 ? server() : client(), type());
        case 1:
            return listening(server(), below(3));
        case 2:
            return accepted(server_end(), client(), below(3));
        case 3:
            return waiting_client(client(), {.address = server_end().address});
        case 4:
            return embryo({.address = server_end().address}, client(), server(), below(3));
        case 5:
            return survivor(client(), server_end().address, type());
        case 6:
            return joined(server_end(), client(), type());
        default:
            return joined(client(), server_end(), type());
        }
    }
    SocketFact disturbed(SocketFact fact) {
        if (rarely())
            fact.peer_open = !*fact.peer_open;
        if (rarely())
            fact.peer_is_unix = !*fact.peer_is_unix;
        if (rarely())
            fact.peer_peer = socket().address;
        if (rarely()) { // on its way out
            fact.open = false;
            fact.socket.inode = Inode{};
        }
        if (rarely())
            fact.has_file = !*fact.has_file;
        fact.peer_netns = rarely() ? elsewhere : home;
        return fact;
    }
    Fact fact() {
        const auto pid = static_cast<int>(below(3)) + 10, tid = pid + static_cast<int>(below(2)) * 100;
        const auto fd = static_cast<int>(below(4));
        switch (below(12)) {
        case 0: {
            auto holder = held_by_thread(client(), pid, tid, below(3), fd);
            holder.peer = server_end().address;
            holder.socket_netns = rarely() ? elsewhere : home;
            return holder;
        }
        case 1:
            return QueuedFact{{.address = server().address},
                              {.address = server_end().address},
                              rarely() ? SocketRef{} : client()};
        case 2:
            return WaiterFact{server(), Pid{pid}, Pid{tid}};
        case 3:
            return BlockedFact{Pid{pid}, Pid{tid}, fd};
        case 4:
            return InflightFact{socket(), socket()};
        case 5:
            return rarely() ? Fact(ring(pid, fd)) : Fact(RingFileFact{Pid{pid}, fd, socket().inode});
        case 6:
            return VisitedFact{.netns = home};
        default:
            return disturbed(below(3) == 0 ? datagram_fact() : stream_fact());
        }
    }
    Fact fact_of_diag() {
        switch (below(8)) {
        case 0:
            return peer_lost_by_diag(below(2) == 0 ? server_end().inode : client().inode, type());
        case 1:
            return by_diag(client().inode, {}, type());
        case 2:
            return listening_by_diag(server().inode,
                                     waiting_.emplace_back(std::array{client().inode, Inode{}}));
        case 3:
            return by_diag(server_end().inode, client().inode, type());
        case 4:
            return by_diag(client().inode, server_end().inode, type());
        case 5:
            return peer_lost_by_diag(datagram().inode, EndpointType::dgram);
        default:
            return by_diag(datagram().inode, datagram().inode, EndpointType::dgram);
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

// Returns the states that its sockets are in.
std::set<State> check(const Graph& graph) {
    const Links links(graph);
    std::set<State> states;
    Endpoint endpoint;
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        describe(graph, links, id, endpoint); // of any socket
        EXPECT_EQ(endpoint.state, links.state_of(id));
        EXPECT_EQ(endpoint.peers.size(), links.all(id).size());
        EXPECT_FALSE(socket.reported && links.listener_of(id) == id);
        if (links.is_visible(id)) {
            check(graph, links, id, links.own(id));
            states.insert(endpoint.state);
        }
    });
    return states;
}

// Stops at the first world in which an edge is wrong, and prints what made it.
std::set<State> check_worlds(Source source, std::vector<Fact> (Chaos::*facts_of)()) {
    std::set<State> states;
    for (std::uint32_t seed = 1; seed <= worlds && !testing::Test::HasFailure(); ++seed) {
        Chaos chaos(seed);
        const auto facts = (chaos.*facts_of)();
        states.merge(check(graph_of(facts, source)));
        if (testing::Test::HasFailure())
            for (const auto& fact : facts)
                ADD_FAILURE() << "seed " << seed << ": " << kernel::fact_text(fact);
    }
    return states;
}

TEST(LinksProperty, EveryEdgeHasTwoEndsThatNameEachOther) {
    EXPECT_EQ(check_worlds(Source::bpf, &Chaos::facts).size(), 9U); // of nine states
}

TEST(LinksProperty, EveryEdgeOfSockDiagHasTwoEndsThatNameEachOther) {
    EXPECT_EQ(check_worlds(Source::diag, &Chaos::facts_of_diag).size(), 7U); // not inflight, not connecting
}

} // namespace
} // namespace otherend::query
