// SPDX-License-Identifier: MIT
#include "query/inet_links.hpp"

#include <algorithm>
#include <set>

namespace otherend::query {

using model::Graph;
using model::Inet;
using model::Socket;
using model::SocketId;
using model::TcpSequence;

namespace {

// What both ends agree on; see TcpSequence.
TcpSequence key_of_dialler(const TcpSequence& s) {
    return {s.sent + 1, s.received};
}
TcpSequence key_of_acceptor(const TcpSequence& s) {
    return {s.received, s.sent};
}

bool has_identity(const Inet& inet) {
    switch (inet.tcp.state) {
    case TcpState::established:
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
    case TcpState::close_wait:
    case TcpState::last_ack:
    case TcpState::closing:
        return inet.sequence.has_value();
    default:
        return false;
    }
}

bool is_loopback(const Inet& inet) {
    return inet.local.address.is_loopback() || (inet.remote && inet.remote->address.is_loopback());
}

// Two interfaces call a link-local address by different scopes; which of them is meant shows in the network namespace.
IpEndpoint unscoped(IpEndpoint endpoint) {
    endpoint.scope = 0;
    return endpoint;
}

bool is_request(const Inet& inet) {
    return inet.tcp.state == TcpState::new_syn_recv || inet.tcp.state == TcpState::syn_recv;
}

// How well a socket bound to `bound` takes what is sent to `address`: 0 not at all, 2 if bound to just that.
int fitness(const Inet& receiver, const IpAddress& address) {
    const auto& bound = receiver.local.address;
    if (bound == address)
        return 2;
    if (!bound.is_unspecified())
        return 0;
    return bound.is_ipv4() == address.is_ipv4() || (!bound.is_ipv4() && receiver.tcp.dual_stack) ? 1 : 0;
}

// Whether what is sent from one to the other stays in its network namespace.
bool stays_here(const Inet& inet) {
    return inet.remote && (inet.remote->address.is_loopback() || inet.remote->address == inet.local.address);
}

} // namespace

InetLinks::InetLinks(const Graph& graph) : graph_(graph) {
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (!socket.gone && graph.inet_of(socket) != nullptr)
            index_socket(id, socket);
    });
    flows_.close();
    receivers_.close();
    dialled_.close();
    accepted_.close();
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (socket.gone || graph.inet_of(socket) == nullptr)
            return;
        if (is_waiting(socket))
            if (const auto listener = listener_behind(socket))
                queued_.add(*listener, id);
        if (const auto target = target_of(id))
            senders_.add(*target, id);
    });
    queued_.close();
    senders_.close();
}

void InetLinks::index_socket(SocketId id, const Socket& socket) {
    const auto& inet = *graph_.inet_of(socket);
    if (!inet.remote) {
        if (socket.is_listening() || socket.kind == Kind::udp)
            receivers_.add({socket.kind, socket.netns, inet.local.port}, id);
        return;
    }
    flows_.add({socket.kind, unscoped(inet.local), unscoped(*inet.remote)}, id);
    if (has_identity(inet)) {
        dialled_.add(key_of_dialler(*inet.sequence), id);
        accepted_.add(key_of_acceptor(*inet.sequence), id);
    }
}

std::optional<SocketId> InetLinks::receiver(Kind kind, NetnsId netns, const IpEndpoint& address) const {
    Candidates best;
    int fit = 1;
    for (const auto& [port, id] : receivers_[{kind, netns, address.port}]) {
        const int this_fit = fitness(*graph_.inet_of(graph_[id]), address.address);
        if (this_fit > fit)
            best.clear();
        fit = std::max(fit, this_fit);
        if (this_fit == fit)
            best.push_back(id);
    }
    return best.size() == 1 ? std::optional(best.front())
                            : std::nullopt; // several share the port by SO_REUSEPORT
}

// Of a client whose other end is no connection of its own: a listener that has not answered, an UDP server. A server
// on the wildcard address counts only for what cannot leave the namespace.
std::optional<SocketId> InetLinks::target_of(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    const bool asks = socket.kind == Kind::udp || inet.tcp.state == TcpState::syn_sent;
    if (!asks || !inet.remote || !in_same_namespace(id).empty())
        return std::nullopt;
    const auto target = receiver(socket.kind, socket.netns, *inet.remote);
    const bool exact = target && graph_.inet_of(graph_[*target])->local.address == inet.remote->address;
    return exact || stays_here(inet) ? target : std::nullopt;
}

bool InetLinks::may_be_joined(SocketId a, SocketId b) const {
    const auto& one = *graph_.inet_of(graph_[a]);
    const auto& two = *graph_.inet_of(graph_[b]);
    if (!has_identity(one) || !has_identity(two))
        return true;
    return key_of_dialler(*one.sequence) == key_of_acceptor(*two.sequence) ||
           key_of_acceptor(*one.sequence) == key_of_dialler(*two.sequence);
}

InetLinks::Candidates InetLinks::in_same_namespace(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    Candidates found;
    for (const auto& [flow, other] : flows_[{socket.kind, unscoped(*inet.remote), unscoped(inet.local)}])
        if (graph_[other].netns == socket.netns)
            found.push_back(other);
    if (found.size() > 1) // as in two VRFs
        std::erase_if(found, [&](SocketId other) { return !may_be_joined(id, other); });
    return found;
}

InetLinks::Candidates InetLinks::by_sequence(SocketId id) const {
    const auto& inet = *graph_.inet_of(graph_[id]);
    Candidates found;
    if (!has_identity(inet) || is_loopback(inet))
        return found;
    const auto take = [&](const auto& range) {
        for (const auto& [key, other] : range)
            if (other != id && !is_loopback(*graph_.inet_of(graph_[other])))
                found.push_back(other);
    };
    take(accepted_[key_of_dialler(*inet.sequence)]);
    take(dialled_[key_of_acceptor(*inet.sequence)]);
    return found;
}

InetLinks::Candidates InetLinks::by_translation(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    std::set<SocketId> found;
    const auto take = [&](const IpEndpoint& local, const IpEndpoint& remote) {
        for (const auto& [flow, other] : flows_[{socket.kind, local, remote}])
            if (other != id && may_be_joined(id, other))
                found.insert(other);
    };
    for (const auto& entry : graph_.translations()) {
        if (entry.kind != socket.kind)
            continue;
        if (entry.original_source == inet.local && entry.original_destination == *inet.remote)
            take(entry.reply_source, entry.reply_destination);
        if (entry.reply_source == inet.local && entry.reply_destination == *inet.remote)
            take(entry.original_source, entry.original_destination);
    }
    return {found.begin(), found.end()};
}

InetLinks::Candidates InetLinks::in_other_namespaces(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    Candidates found;
    if (is_loopback(inet))
        return found;
    for (const auto& [flow, other] : flows_[{socket.kind, unscoped(*inet.remote), unscoped(inet.local)}])
        if (graph_[other].netns != socket.netns && may_be_joined(id, other))
            found.push_back(other);
    return found;
}

InetLinks::Match InetLinks::match(SocketId id) const {
    struct Way {
        Method method;
        Candidates (InetLinks::*find)(SocketId) const;
    };
    static constexpr Way ways[] = {{Method::tuple, &InetLinks::in_same_namespace},
                                   {Method::sequence, &InetLinks::by_sequence},
                                   {Method::conntrack, &InetLinks::by_translation},
                                   {Method::tuple, &InetLinks::in_other_namespaces}};
    for (const auto& way : ways) {
        const auto found = (this->*way.find)(id);
        if (found.size() == 1)
            return {way.method, found.front(), {}};
        if (found.empty())
            continue;
        std::string why = "several sockets could be it:";
        for (const auto other : found)
            why += " ino:" + std::to_string(number(graph_[other].self.inode)) + " in netns " +
                   std::to_string(number(graph_[other].netns));
        return {way.method, {}, why};
    }
    return {};
}

// An end that waits for accept(), or a request that will become one. Of an end that was closed nothing is left in
// these states: close() leads on from either at once.
bool InetLinks::is_waiting(const Socket& socket) const {
    const auto& inet = *graph_.inet_of(socket);
    const bool never_closed =
        inet.tcp.state == TcpState::established || inet.tcp.state == TcpState::close_wait;
    return socket.kind == Kind::tcp && !socket.open &&
           (is_set(socket.listener) || never_closed || is_request(inet));
}

// By its address, where the source does not tell in whose queue it is.
std::optional<SocketId> InetLinks::listener_behind(const Socket& socket) const {
    if (is_set(socket.listener))
        return graph_.find({.address = socket.listener});
    return receiver(Kind::tcp, socket.netns, graph_.inet_of(socket)->local);
}

Link InetLinks::joined(SocketId id, const Match& match) const {
    const auto& self = graph_[id];
    const auto& other = graph_[*match.other];
    const auto state = [&] {
        if (is_request(*graph_.inet_of(self)) || is_request(*graph_.inet_of(other)))
            return State::connecting;
        if (is_waiting(self) || is_waiting(other))
            return State::pending;
        return self.open && other.open ? State::connected : State::closed;
    };
    return {.state = state(), .method = match.method, .other = match.other};
}

// No end of it was found: it is on another host, or was here and is gone.
Link InetLinks::alone(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    if (!socket.open && !is_waiting(socket))
        return {.state = State::closed, .method = Method::tuple, .far = inet.remote};
    if (is_request(inet))
        return {.state = State::connecting, .method = Method::tuple, .far = inet.remote};
    if (is_waiting(socket))
        return {.state = State::pending, .method = Method::tuple, .far = inet.remote};
    if (!stays_here(inet) || socket.kind == Kind::udp)
        return {.state = State::connected, .method = Method::tuple, .far = inet.remote};
    if (inet.tcp.state == TcpState::established)
        return {.state = State::unknown,
                .method = Method::tuple,
                .note = "no socket of this network namespace has the other end's address",
                .far = inet.remote};
    return {.state = State::closed, .method = Method::tuple, .far = inet.remote};
}

Link InetLinks::own(SocketId id) const {
    const auto& socket = graph_[id];
    const auto* inet = graph_.inet_of(socket);
    if (inet == nullptr) { // known from a descriptor alone
        constexpr auto close = static_cast<std::uint8_t>(TcpState::close);
        if (socket.tcp_state == close || socket.tcp_state == 0)
            return {.state = State::unconnected}; // no table has a socket that was never bound
        return {.state = State::raced, .note = "held at one look, not listed at the other"};
    }
    if (socket.is_listening())
        return {.state = State::listening};
    if (!inet->remote)
        return {.state = State::unconnected};
    if (socket.kind == Kind::tcp && inet->tcp.state == TcpState::close)
        return {.state = State::closed, .method = Method::tuple, .far = inet->remote};
    if (const auto target = target_of(id)) {
        const auto state = socket.kind == Kind::tcp ? State::connecting : State::connected;
        return {.state = state, .method = Method::inferred, .other = target};
    }
    if (inet->tcp.state == TcpState::syn_sent)
        return {.state = State::connecting, .method = Method::tuple, .far = inet->remote};
    const auto found = match(id);
    if (!found.why_not.empty())
        return {.state = State::unknown, .method = found.method, .note = found.why_not, .far = inet->remote};
    return found.other ? joined(id, found) : alone(id);
}

void InetLinks::append_reverse(SocketId id, std::vector<Link>& links) const {
    for (const auto& [listener, waiting] : queued_[id])
        links.push_back(own(waiting));
    for (const auto& [receiver, sender] : senders_[id]) {
        auto link = own(sender);
        link.other = sender;
        link.backward = true;
        links.push_back(std::move(link));
    }
}

std::optional<SocketId> InetLinks::listener_of(SocketId id) const {
    const auto& socket = graph_[id];
    const auto* inet = graph_.inet_of(socket);
    if (socket.kind != Kind::tcp || inet == nullptr || !inet->remote)
        return std::nullopt;
    if (const auto listener = listener_behind(socket))
        return listener;
    const auto link = own(id);
    if (!link.other)
        return std::nullopt;
    return graph_[*link.other].is_listening() ? link.other : listener_behind(graph_[*link.other]);
}

} // namespace otherend::query
