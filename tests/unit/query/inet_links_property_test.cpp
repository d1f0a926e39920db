// SPDX-License-Identifier: MIT
// Whatever sockets there are: an edge has two ends that name each other, and may be one connection.
#include "query/links.hpp"

#include "../kernel/fact_text.hpp"
#include "inet.hpp"
#include "query/describe.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

constexpr int worlds = 20'000;

// Sockets that are each possible, of so few addresses, ports and sequence numbers that they meet.
class Network {
  public:
    explicit Network(std::uint32_t seed) : random_(seed), tells_sequence_(below(2) == 0) {}

    std::vector<Fact> facts() {
        std::vector<Fact> facts;
        for (std::uint32_t n = 0, count = below(12) + 2; n < count; ++n)
            facts.push_back(socket(n));
        for (auto count = below(3); count > 0; --count)
            facts.push_back(translation());
        for (auto count = below(4); count > 0; --count) {
            auto holder = held(reused(nth(below(12))), 10, static_cast<int>(count));
            holder.kind = Kind::tcp;
            holder.tcp_state = static_cast<std::uint8_t>(state());
            facts.push_back(holder);
        }
        return facts;
    }

  private:
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_()) % limit; }
    bool rarely() { return below(8) == 0; }

    template <std::size_t size> std::string_view one_of(const std::array<std::string_view, size>& texts) {
        return texts[below(size)];
    }
    SocketRef reused(SocketRef ref) {
        return rarely() ? SocketRef{ref.address, Inode{number(ref.inode) + 1000}} : ref;
    }
    std::string endpoint() {
        const std::string address(one_of<4>({"127.0.0.1", "10.0.0.1", "10.0.0.2", "[fe80::1%2]"}));
        return address + std::string(one_of<3>({":80", ":81", ":5000"}));
    }
    TcpState state() { // of what has another end
        const auto any = TcpState{static_cast<std::uint8_t>(below(12) + 1)};
        return below(2) == 0 || any == TcpState::listen ? TcpState::established : any;
    }
    InetFact socket(std::uint32_t n) {
        const bool is_udp = below(4) == 0;
        if (rarely())
            return is_udp ? udp(n, endpoint()) : tcp_listener(n, endpoint());
        if (rarely())
            return is_udp ? udp(n, "0.0.0.0:80") : dual_stack_listener(n, "[::]:80");
        auto fact = is_udp ? udp(n, endpoint(), endpoint()) : tcp(n, endpoint(), endpoint(), state());
        fact.netns = below(2) == 0 ? home : elsewhere;
        if (!is_udp && tells_sequence_ && !rarely()) // two numbers, and each off by one
            fact.sequence = TcpSequence{below(2) * 100 + below(2), below(2) * 100 + below(2)};
        if (!is_udp && rarely())
            fact = unheld(fact, below(2) == 0 ? nth(below(12)) : SocketRef{});
        return fact;
    }
    ConntrackFact translation() { return query::translation(endpoint(), endpoint(), endpoint(), endpoint()); }

    std::mt19937 random_;
    bool tells_sequence_;
};

bool names(const Links& links, SocketId id, SocketId other) {
    return std::ranges::any_of(links.all(id), [&](const Link& link) { return link.other == other; });
}

bool is_request(const Inet& inet) {
    return inet.tcp.state == TcpState::syn_recv || inet.tcp.state == TcpState::new_syn_recv;
}

// The states in which both numbers of a connection are known and stand still.
bool has_identity(const Inet& inet) {
    const std::set with{TcpState::established, TcpState::fin_wait1, TcpState::fin_wait2,
                        TcpState::close_wait,  TcpState::last_ack,  TcpState::closing};
    return inet.sequence && with.contains(inet.tcp.state);
}

bool is_one_connection(const TcpSequence& a, const TcpSequence& b) {
    const bool a_dialled = a.sent + 1 == b.received && a.received == b.sent;
    const bool b_dialled = b.sent + 1 == a.received && b.received == a.sent;
    const bool both_dialled = a.sent + 1 == b.received && b.sent + 1 == a.received;
    return a_dialled || b_dialled || both_dialled;
}

bool is_on_loopback(const Inet& inet) {
    return inet.local.address.is_loopback() || (inet.remote && inet.remote->address.is_loopback());
}

// What must hold of two ends that are said to be joined.
void check_pair(const Graph& graph, const Link& link, const Socket& one, const Socket& two) {
    const auto& a = *graph.inet_of(one);
    const auto& b = *graph.inet_of(two);
    EXPECT_EQ(one.kind, two.kind);
    EXPECT_FALSE(two.gone);
    if (has_identity(a) && has_identity(b)) {
        EXPECT_TRUE(is_one_connection(*a.sequence, *b.sequence));
    }
    if (is_on_loopback(a) && is_on_loopback(b)) {
        EXPECT_EQ(one.netns, two.netns);
    }
    if (link.method == Method::tuple) {
        EXPECT_TRUE(a.remote->address == b.local.address && a.remote->port == b.local.port &&
                    b.remote->address == a.local.address && b.remote->port == a.local.port);
    }
    if (link.method == Method::sequence) {
        EXPECT_TRUE(has_identity(a) && has_identity(b));
    }
    if (link.method == Method::inferred) {
        EXPECT_TRUE(!b.remote && b.local.port == a.remote->port && one.netns == two.netns);
    }
}

void check(const Graph& graph, const Links& links, SocketId id, const Link& link) {
    const bool may_be_far =
        link.state != State::listening && link.state != State::unconnected && link.state != State::raced;
    EXPECT_EQ(link.other.has_value() || link.far.has_value(), may_be_far);
    EXPECT_EQ(link.note.empty(), link.state != State::raced && link.state != State::unknown);
    if (link.state == State::unknown) {
        EXPECT_FALSE(link.other);
    }
    if (!link.other)
        return;
    EXPECT_TRUE(links.is_visible(*link.other));
    check_pair(graph, link, graph[id], graph[*link.other]);
    // What dials names the listener, in whose queue its request is.
    EXPECT_TRUE(names(links, *link.other, id) || is_request(*graph.inet_of(graph[id])));
    if (link.method != Method::inferred && links.own(*link.other).other == id) {
        EXPECT_EQ(links.own(*link.other).state, link.state);
    }
}

struct Met {
    std::set<State> states;
    std::set<Method> methods;
};

void check(const Graph& graph, Met& met) {
    const Links links(graph);
    Endpoint endpoint;
    graph.for_each_socket([&](SocketId id, const Socket&) {
        describe(graph, links, id, endpoint);
        EXPECT_EQ(endpoint.peers.size(), links.all(id).size());
        EXPECT_NE(links.listener_of(id), id);
        if (!links.is_visible(id))
            return;
        const auto link = links.own(id);
        check(graph, links, id, link);
        met.states.insert(endpoint.state);
        if (link.other)
            met.methods.insert(link.method);
        std::set<SocketId> others;
        for (const auto& each : links.all(id))
            if (each.other) {
                EXPECT_TRUE(others.insert(*each.other).second) << "named twice";
            }
    });
}

TEST(InetLinksProperty, EveryEdgeHasTwoEndsOfOneConnection) {
    Met met;
    for (std::uint32_t seed = 1; seed <= worlds && !testing::Test::HasFailure(); ++seed) {
        const auto facts = Network(seed).facts();
        check(graph_of(facts), met);
        if (testing::Test::HasFailure())
            for (const auto& fact : facts)
                ADD_FAILURE() << "seed " << seed << ": " << kernel::fact_text(fact);
    }
    EXPECT_EQ(met.states.size(), 8U); // of nine: none is in flight
    EXPECT_EQ(met.methods, (std::set{Method::inferred, Method::tuple, Method::sequence, Method::conntrack}));
}

} // namespace
} // namespace otherend::query
