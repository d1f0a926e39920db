// SPDX-License-Identifier: MIT
#include "query/links.hpp"

#include "query/local_links.hpp"

#include <map>
#include <tuple>

namespace otherend::query {

using model::Graph;
using model::Socket;
using model::SocketId;

Links::Links(const Graph& graph) : graph_(graph), inet_(graph) {
    peers_.reserve(graph.size());
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        const auto peer = socket.peer ? graph.find(socket.peer) : std::nullopt;
        peers_.push_back(peer ? number(*peer) : model::none);
        if (!socket.gone && socket.is_unix())
            index_socket(id, socket);
    });
    for (const auto& flight : graph.flights())
        carriers_.add(flight.socket, flight.carrier);
    for (const auto& entry : graph.waiting()) {
        const auto listener = graph.find({.inode = entry.listener});
        const auto client = graph.find({.inode = entry.client});
        if (listener && client) {
            waiting_.add(*listener, *client);
            target_of_.add(*client, *listener);
        }
    }
    index_connecting();
    for (auto* index : {&senders_, &embryos_, &waiting_, &blocked_, &carriers_, &target_of_})
        index->close();
    listeners_.close();
}

std::optional<SocketId> Links::peer_of(SocketId id) const {
    const auto peer = peers_[number(id)];
    return peer == model::none ? std::nullopt : std::optional(SocketId{peer});
}

void Links::index_socket(SocketId id, const Socket& socket) {
    if (socket.is_listening() && socket.address_id != 0)
        listeners_.add(socket.address_id, id);
    if (is_waiting(socket))
        if (const auto listener = graph_.find({.address = socket.listener}))
            embryos_.add(*listener, id);
    if (socket.is_dgram())
        if (const auto peer = peer_of(id); peer && *peer != id)
            senders_.add(*peer, id);
}

// Finds the descriptor a blocked task connects, in the table that is the task's: the leader's, or one of the threads'
// own, which is listed under the thread it was first read through.
void Links::index_connecting() {
    std::multimap<std::tuple<Pid, Pid, int>, SocketId> listeners; // process, reader of its table, descriptor
    for (const auto& blocked : graph_.connecting()) {
        const auto& listener = graph_[blocked.listener];
        if (blocked.fd >= 0 && is_visible(blocked.listener) && listener.is_listening()) // not gone meanwhile
            listeners.emplace(std::tuple(blocked.pid, graph_.reader_of_table(blocked.tid), blocked.fd),
                              blocked.listener);
    }
    if (listeners.empty())
        return;
    graph_.for_each_socket([&](SocketId id, const Socket& socket) {
        if (!socket.is_unix() || socket.gone || socket.peer || socket.is_listening() || socket.is_dgram())
            return;
        graph_.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            if (holder.via != Via::fd)
                return;
            const auto pid = graph_.process(holder.process).pid;
            const auto [first, last] = listeners.equal_range(std::tuple(pid, holder.tid, holder.fd));
            for (auto it = first; it != last; ++it) {
                blocked_.add(it->second, id);
                target_of_.add(id, it->second);
            }
        });
    });
}

bool Links::has_holder(SocketId id) const {
    return graph_[id].first_holder != model::none;
}

bool Links::is_visible(SocketId id) const {
    const auto& socket = graph_[id];
    if (socket.gone || (!socket.reported && !has_holder(id))) // as an embryo that was taken while we looked
        return false;
    if (socket.is_local())
        return has_holder(id);
    if (socket.is_inet())
        return true;
    if (graph_.primary() == model::Source::bpf)
        return socket.open || socket.is_embryo();
    return socket.reported; // procfs holders of other families never get a fact of their own
}

std::vector<SocketId> Links::carriers_of(SocketId id) const {
    std::vector<SocketId> carriers;
    for (const auto& [socket, carrier] : carriers_[id])
        carriers.push_back(carrier);
    return carriers;
}

// A socket known only from its descriptor: its network namespace was not visited, or it closed meanwhile.
Link Links::unmet(SocketId id, const Socket& socket) const {
    if (graph_.visited().contains(socket.netns))
        return {.state = State::raced, .note = "held at first, not there at the second look"};
    const auto other = peer_of(id);
    if (other && is_there(graph_[*other]) && !graph_[*other].reported && peer_of(*other) == id)
        return {.state = State::connected, .other = other}; // neither was read, but both descriptors say so
    if (other && is_visible(*other))
        if (const auto link = by_pointer(*other, graph_[*other]); link.other == id)
            return {.state = link.state, .other = other};
    return {.state = State::unknown, .note = "its network namespace could not be read"};
}

// Open, and not only at the first look.
bool Links::is_there(const Socket& socket) const {
    return socket.open && (socket.reported || !graph_.visited().contains(socket.netns));
}

// Whether the other end, as it was read itself, is one that a connection can have here.
bool Links::can_be_joined(const Socket& socket, const Socket& peer) const {
    const bool stale = peer.peer && !peer.peer_is_unix;
    return is_there(peer) && !stale && (!peer.reported || peer.type == socket.type);
}

// A peer that is open, and would have been found if its namespace had been read.
bool Links::is_out_of_sight(const Socket& socket, std::optional<SocketId> other) const {
    return !other && socket.peer_open && is_set(socket.peer_netns) &&
           !graph_.visited().contains(socket.peer_netns);
}

Link Links::by_pointer(SocketId id, const Socket& socket) const {
    if (!socket.peer_is_unix)
        return {.state = State::raced, .note = "the peer was being replaced"};
    const auto other = peer_of(id);
    if (is_out_of_sight(socket, other))
        return {.state = State::unknown, .note = "the peer is in a network namespace that could not be read"};
    if (socket.is_dgram()) {
        if (!socket.peer_open)
            return {.state = State::closed};
        if (!other || (*other != id && !can_be_joined(socket, graph_[*other])))
            return {.state = State::raced, .note = "the peer was not there at the second look"};
        return {.state = State::connected, .other = other};
    }

    const bool mutual = socket.peer_peer == socket.self.address;
    if (!mutual && !is_set(socket.peer_peer) && !socket.peer_open)
        return {.state = State::closed};
    if (!mutual || !other || peer_of(*other) != id || !graph_[*other].peer_is_unix)
        return {.state = State::raced, .note = "the two ends did not name each other"};
    const auto& peer = graph_[*other];
    if (peer.reported && peer.peer_peer != peer.self.address)
        return {.state = State::raced, .note = "the peer saw it closed"};
    if (is_waiting(peer) || (is_waiting(socket) && is_there(peer)))
        return {.state = State::pending, .other = other};
    if (socket.open && can_be_joined(socket, peer))
        return {.state = State::connected, .other = other};
    return {.state = State::raced, .note = "the peer was being closed"};
}

// An embryo that waits for accept(), unless another socket was found where its listener had been.
bool Links::is_waiting(const Socket& socket) const {
    const auto listener = socket.is_embryo() ? graph_.find({.address = socket.listener}) : std::nullopt;
    return socket.is_embryo() &&
           (!listener || !graph_[*listener].reported || graph_[*listener].is_listening());
}

Link Links::by_diag(SocketId id, const Socket& socket) const {
    if (!socket.has_peer_fact)
        return {.state = State::unknown, .method = Method::inferred, .note = "procfs does not tell the peer"};
    const bool established = socket.tcp_state == Socket::tcp_established;
    if (socket.peer) {
        const auto other = peer_of(id);
        if (!other || !graph_[*other].reported)
            return {.state = State::unknown,
                    .method = Method::diag,
                    .note = "the peer is in a network namespace that was not read, or has just closed"};
        const bool agrees = graph_[*other].peer.inode == socket.self.inode || socket.is_dgram();
        return agrees ? Link{.state = State::connected, .method = Method::diag, .other = other}
                      : Link{.state = State::raced, .note = "the two ends did not name each other"};
    }
    if (socket.is_dgram() ? !socket.peer_lost : !established) // datagram sockets were never before Linux 5.15
        return {.state = State::unconnected, .method = Method::diag};
    if (const auto queue = target_of_[id]; !queue.empty())
        return {.state = State::pending, .method = Method::diag, .other = queue.front().second};
    if (socket.peer_lost && graph_.was_refused())
        return {.state = State::unknown,
                .method = Method::diag,
                .note = "the peer has closed, or waits in a network namespace that was not read"};
    return {.state = State::closed, .method = Method::diag};
}

Link Links::own(SocketId id) const {
    const auto& socket = graph_[id];
    if (socket.is_inet())
        return inet_.own(id);
    return socket.is_local() ? local_link(graph_, id) : own_of_unix(id);
}

Link Links::own_of_unix(SocketId id) const {
    const auto& socket = graph_[id];
    if (!socket.reported && !socket.is_embryo())
        return unmet(id, socket);
    if (!socket.reported && !socket.peer)
        return {.state = State::raced, .note = "it was in the accept queue at one look only"};
    if (socket.is_listening())
        return {.state = State::listening};
    if (socket.source != model::Source::bpf)
        return by_diag(id, socket);
    if (socket.peer)
        return by_pointer(id, socket);
    if (const auto target = target_of_[id]; !target.empty())
        return {.state = State::connecting, .other = target.front().second};
    return {.state = State::unconnected};
}

std::vector<Link> Links::all(SocketId id) const {
    std::vector<Link> links;
    auto first = own(id);
    const bool alone = first.state == State::listening || first.state == State::unconnected;
    if (!alone)
        links.push_back(std::move(first));
    if (graph_[id].is_inet())
        inet_.append_reverse(id, links);
    else if (graph_[id].is_unix())
        append_reverse_of_unix(id, links);
    return links;
}

void Links::append_reverse_of_unix(SocketId id, std::vector<Link>& links) const {
    for (const auto& [server, sender] : senders_[id])
        if (const auto link = own(sender); link.state == State::connected)
            if (links.empty() || links.front().other != sender)
                links.push_back(
                    {.state = link.state, .method = link.method, .other = sender, .backward = true});
    for (const auto& [listener, embryo] : embryos_[id]) {
        const auto client = own(embryo);
        links.push_back({.state = client.state, .other = client.other});
    }
    for (const auto& [listener, client] : waiting_[id])
        links.push_back({.state = State::pending, .method = Method::diag, .other = client});
    for (const auto& [listener, client] : blocked_[id])
        links.push_back({.state = State::connecting, .other = client});
}

std::optional<SocketId> Links::listener_of_accepted(SocketId id) const {
    const auto& socket = graph_[id];
    if (socket.is_embryo())
        return is_waiting(socket) ? graph_.find({.address = socket.listener}) : std::nullopt;
    if (socket.is_listening() || socket.is_dgram() || socket.address_id == 0)
        return std::nullopt;
    const auto found = listeners_[socket.address_id];
    return found.size() == 1 ? std::optional(found.front().second) : std::nullopt;
}

std::optional<SocketId> Links::listener_of(SocketId id) const {
    if (!graph_[id].is_unix())
        return inet_.listener_of(id);
    if (const auto listener = listener_of_accepted(id))
        return listener;
    const auto link = own(id);
    if (link.state == State::connecting || (link.state == State::pending && link.method == Method::diag))
        return link.other;
    const bool joined = link.state == State::connected || link.state == State::pending;
    return joined && link.other ? listener_of_accepted(*link.other) : std::nullopt;
}

State Links::state_of(SocketId id) const {
    if (!has_holder(id) && graph_[id].has_file && !carriers_[id].empty())
        return State::inflight;
    const auto state = own(id).state;
    if (state != State::unconnected)
        return state;
    const bool has_sender = graph_[id].is_unix()
                                ? std::ranges::any_of(senders_[id],
                                                      [&](const auto& entry) {
                                                          return own(entry.second).state == State::connected;
                                                      })
                                : inet_.has_sender(id);
    return has_sender ? State::connected : state;
}

} // namespace otherend::query
