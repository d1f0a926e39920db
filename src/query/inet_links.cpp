// SPDX-License-Identifier: MIT
#include "query/inet_links.hpp"

#include "base/ip_text.hpp"

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

InetLinks::InetLinks(const Graph& graph) : graph_(graph), known_(graph.size()) {
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (!socket.gone && graph.inet_of(socket) != nullptr)
            index_socket(id, socket);
    });
    for (const auto& entry : graph.translations()) {
        const InetFlow dialled{entry.kind, entry.original_source, entry.original_destination};
        const InetFlow accepted{entry.kind, entry.reply_source, entry.reply_destination};
        translated_.add(dialled, accepted);
        translated_.add(accepted, dialled);
    }
    translated_.close();
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
    if (socket.kind == Kind::tcp && inet.tcp.state == TcpState::close)
        return;
    flows_.add({socket.kind, unscoped(inet.local), unscoped(*inet.remote)}, id);
    if (has_identity(inet)) {
        dialled_.add(key_of_dialler(*inet.sequence), id);
        accepted_.add(key_of_acceptor(*inet.sequence), id);
    }
}

InetLinks::Candidates InetLinks::receivers(Kind kind, NetnsId netns, const IpEndpoint& address) const {
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
    return best;
}

// Of a client whose other end is no connection of its own: a listener that has not answered, an UDP server. A server
// on the wildcard address counts only for what cannot leave the namespace. A request is the listener's answer on its
// way.
InetLinks::Candidates InetLinks::targets_of(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    const bool asks = socket.kind == Kind::udp || inet.tcp.state == TcpState::syn_sent;
    const auto is_answer = [&](SocketId other) { return !is_request(*graph_.inet_of(graph_[other])); };
    if (!asks || !inet.remote || std::ranges::any_of(in_same_namespace(id), is_answer))
        return {};
    auto targets = receivers(socket.kind, socket.netns, *inet.remote);
    const bool exact =
        !targets.empty() && graph_.inet_of(graph_[targets.front()])->local.address == inet.remote->address;
    return exact || stays_here(inet) ? std::move(targets) : Candidates{};
}

std::optional<SocketId> InetLinks::target_of(SocketId id) const {
    const auto targets = targets_of(id);
    return targets.size() == 1 ? std::optional(targets.front()) : std::nullopt;
}

bool InetLinks::may_be_joined(SocketId a, SocketId b) const {
    const auto& one = *graph_.inet_of(graph_[a]);
    const auto& two = *graph_.inet_of(graph_[b]);
    if (!has_identity(one) || !has_identity(two))
        return true;
    const auto& [one_sent, one_received] = *one.sequence;
    const auto& [two_sent, two_received] = *two.sequence;
    return key_of_dialler(*one.sequence) == key_of_acceptor(*two.sequence) ||
           key_of_acceptor(*one.sequence) == key_of_dialler(*two.sequence) ||
           (one_received == two_sent + 1 && two_received == one_sent + 1); // both have dialled
}

bool InetLinks::could_meet(SocketId a, SocketId b) const {
    const bool on_loopback =
        is_loopback(*graph_.inet_of(graph_[a])) && is_loopback(*graph_.inet_of(graph_[b]));
    return !on_loopback || graph_[a].netns == graph_[b].netns;
}

InetLinks::Candidates InetLinks::in_same_namespace(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    Candidates found;
    for (const auto& [flow, other] : flows_[{socket.kind, unscoped(*inet.remote), unscoped(inet.local)}])
        if (graph_[other].netns == socket.netns && may_be_joined(id, other)) // there may be several VRFs
            found.push_back(other);
    return found;
}

InetLinks::Candidates InetLinks::by_sequence(SocketId id) const {
    const auto& inet = *graph_.inet_of(graph_[id]);
    Candidates found;
    if (!has_identity(inet))
        return found;
    const auto take = [&](const auto& range) {
        for (const auto& [key, other] : range)
            if (other != id && could_meet(id, other))
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
    for (const auto& [flow, as_other_sees] : translated_[{socket.kind, inet.local, *inet.remote}])
        for (const auto& [same, other] : flows_[as_other_sees])
            if (other != id && may_be_joined(id, other) && could_meet(id, other))
                found.insert(other);
    return {found.begin(), found.end()};
}

// By addresses alone, which ends on other hosts have as well.
InetLinks::Candidates InetLinks::in_other_namespaces(SocketId id) const {
    const auto& socket = graph_[id];
    const auto& inet = *graph_.inet_of(socket);
    const auto is_over = [&](SocketId end) {
        return graph_.inet_of(graph_[end])->tcp.state == TcpState::time_wait;
    };
    const auto has_closed = [&](SocketId end) {
        return !graph_[end].open;
    }; // as the other end of what is over has
    Candidates found;
    if (is_loopback(inet))
        return found;
    for (const auto& [flow, other] : flows_[{socket.kind, unscoped(*inet.remote), unscoped(inet.local)}])
        if (graph_[other].netns != socket.netns && may_be_joined(id, other) &&
            (!is_over(id) || has_closed(other)) && (!is_over(other) || has_closed(id)))
            found.push_back(other);
    return found;
}

std::string InetLinks::name_of(SocketId id) const {
    const auto& socket = graph_[id];
    const auto name = is_set(socket.self.inode) ? "ino:" + std::to_string(number(socket.self.inode))
                                                : endpoint_text(graph_.inet_of(socket)->local);
    return name + " in netns " + std::to_string(number(socket.netns));
}

std::string InetLinks::several(const Candidates& candidates) const {
    std::string text = "several sockets could be it:";
    for (const auto id : candidates)
        text += ' ' + name_of(id);
    return text;
}

InetLinks::Match InetLinks::best_match(SocketId id) const {
    auto& known = known_[number(id)];
    if (known.is_known) {
        const bool is_matched = known.other != model::none;
        return {known.method, is_matched ? std::optional(SocketId{known.other}) : std::nullopt, {}};
    }
    auto match = look_for_match(id);
    if (match.why_not.empty())
        known = {match.other ? number(*match.other) : model::none, match.method, true};
    return match;
}

InetLinks::Match InetLinks::look_for_match(SocketId id) const {
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
        return {way.method, {}, several(found)};
    }
    return {};
}

InetLinks::Match InetLinks::match(SocketId id) const {
    auto found = best_match(id);
    if (!found.other)
        return found;
    // What dials names the listener, whose request names it.
    const bool has_target = !is_request(*graph_.inet_of(graph_[id])) && target_of(*found.other);
    if (!has_target && best_match(*found.other).other == id)
        return found;
    return {
        found.method, {}, "it could be " + name_of(*found.other) + ", but that has others that it could be"};
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
    if (is_set(socket.listener)) {
        const auto found = graph_.find({.address = socket.listener});
        return found && graph_[*found].is_listening() ? found : std::nullopt;
    }
    const auto found = receivers(Kind::tcp, socket.netns, graph_.inet_of(socket)->local);
    return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
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
    if (!stays_here(inet))
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
    const auto targets = targets_of(id);
    if (targets.size() == 1) {
        const auto state = socket.kind == Kind::tcp ? State::connecting : State::connected;
        return {.state = state, .method = Method::inferred, .other = targets.front()};
    }
    if (socket.kind == Kind::udp && !targets.empty())
        return {.state = State::unknown,
                .method = Method::inferred,
                .note = several(targets),
                .far = inet->remote};
    const auto found = match(id);
    if (inet->tcp.state == TcpState::syn_sent && !found.other)
        return {.state = State::connecting, .method = Method::tuple, .far = inet->remote};
    if (!found.why_not.empty())
        return {.state = State::unknown, .method = found.method, .note = found.why_not, .far = inet->remote};
    return found.other ? joined(id, found) : alone(id);
}

void InetLinks::append_reverse(SocketId id, std::vector<Link>& links) const {
    for (const auto& [listener, waiting] : queued_[id])
        links.push_back(own(waiting));
    for (const auto& [receiver, sender] : senders_[id]) {
        if (std::ranges::any_of(links, [&](const Link& known) { return known.other == sender; }))
            continue; // its request is in the queue
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
