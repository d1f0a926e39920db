// SPDX-License-Identifier: MIT
#include "query/describe.hpp"

namespace otherend::query {

using model::Graph;
using model::Socket;
using model::SocketId;

namespace {

template <typename Id> std::optional<Id> if_set(Id id) {
    return is_set(id) ? std::optional(id) : std::nullopt;
}

void describe_holder(const Graph& graph, const model::HolderEntry& entry, Holder& out) {
    const auto& process = graph.process(entry.process);
    out.via = entry.via;
    out.pid = process.pid;
    out.tid = if_set(entry.tid);
    out.fd = entry.fd;
    out.comm = process.comm;
    out.exe = process.exe;
    out.uid = process.uid;
    out.netns = process.netns;
    out.own_pid = process.own_pid;
    out.unit = process.unit;
    if (const auto* container = graph.container_of(process))
        out.container = *container;
    else
        out.container.reset();
    out.carrier.reset();
}

void describe_holders(const Graph& graph, const Links& links, SocketId id, std::vector<Holder>& out) {
    const auto& socket = graph[id];
    std::size_t count = 0;
    const auto next = [&]() -> Holder& {
        if (count == out.size())
            out.emplace_back();
        return out[count++];
    };
    graph.for_each_holder(socket, [&](const auto& entry) { describe_holder(graph, entry, next()); });
    for (const auto carrier : links.carriers_of(id)) {
        next() = {.via = Via::inflight, .carrier = if_set(graph[carrier].self.inode)};
    }
    if (socket.open && !socket.has_file)
        next() = {.via = Via::kernel};
    out.resize(count);
}

void describe_name(const Graph& graph, const Socket& socket, std::string& out) {
    const auto* local = graph.local_of(socket);
    if (local != nullptr && socket.kind == Kind::pty)
        out = "/dev/pts/" + std::to_string(local->index);
    else if (local != nullptr)
        out = local->path;
    else if (const auto* name = graph.name_of(socket))
        out = name->best();
    else
        out.clear();
}

// Of a FIFO only that it is lost: its path is what we call it, and its holders may have another root.
std::optional<NameState> state_of_name(const Graph& graph, const Socket& socket) {
    if (const auto* local = graph.local_of(socket))
        return local->unlinked ? std::optional(NameState::unlinked) : std::nullopt;
    const auto* name = graph.name_of(socket);
    return name != nullptr ? name->state : std::nullopt;
}

std::optional<IpEndpoint> local_address(const Graph& graph, const Socket& socket) {
    const auto* inet = graph.inet_of(socket);
    const bool is_bound = inet != nullptr && inet->local.port != 0;
    return is_bound ? std::optional(inet->local) : std::nullopt;
}

void describe_inet(const Graph& graph, const Socket& socket, Endpoint& out) {
    const auto* inet = graph.inet_of(socket);
    out.local = local_address(graph, socket);
    out.remote = inet != nullptr ? inet->remote : std::nullopt;
    out.uid = inet != nullptr ? inet->uid : std::nullopt;
    out.cgroup = inet != nullptr ? inet->cgroup : std::nullopt;
    if (inet != nullptr && socket.kind == Kind::tcp)
        out.tcp = inet->tcp;
    else
        out.tcp.reset();
}

bool only_in_flight(const Links& links, SocketId id) {
    return links.state_of(id) == State::inflight;
}

// Compares the pointer read in the kernel with what sock_diag said, where it was asked.
void verify(const Graph& graph, SocketId id, const Link& link, Edge& out) {
    out.verified.reset();
    if (link.state != State::connected || link.method != Method::pointer || !link.other)
        return;
    const auto from = link.backward ? *link.other : id;
    const auto to = link.backward ? id : *link.other;
    const auto told = graph.diag_peer(from);
    if (!told)
        return;
    out.verified = *told == graph[to].self.inode;
    if (*out.verified)
        out.note = "sock_diag confirms it";
    else if (is_set(*told))
        out.note = "sock_diag says ino:" + std::to_string(number(*told));
    else
        out.note = "sock_diag says it has no peer";
}

void describe_edge(const Graph& graph, const Links& links, SocketId id, const Link& link, Edge& out) {
    out.state = link.state;
    out.method = link.method;
    out.note = link.note;
    out.kind = graph[id].kind;
    out.type = EndpointType::none;
    out.inode.reset();
    out.address.reset();
    out.netns = NetnsId{};
    out.local = link.far;
    verify(graph, id, link, out);
    if (!link.other) {
        out.name.clear();
        out.holders.clear();
        return;
    }
    const auto& other = graph[*link.other];
    if (link.state == State::connected && only_in_flight(links, *link.other))
        out.state = State::inflight;
    out.type = EndpointType{other.type};
    out.inode = if_set(other.self.inode);
    out.address = if_set(other.kernel_address());
    out.netns = other.netns;
    out.local = local_address(graph, other);
    describe_name(graph, other, out.name);
    describe_holders(graph, links, *link.other, out.holders);
}

// The kernel keeps a socket's credentials at its peer (SO_PEERCRED), a listener's at the listener itself.
std::optional<Opener> opener_of(const Graph& graph, const Links& links, SocketId id) {
    const auto& socket = graph[id];
    if (!socket.is_unix())
        return std::nullopt;
    if (socket.is_listening())
        return socket.has_credentials ? std::optional(socket.peer_credentials) : std::nullopt;
    const auto link = links.own(id);
    const bool joined = link.state == State::connected || link.state == State::pending;
    if (!joined || !link.other || socket.is_dgram() != graph[*link.other].is_dgram())
        return std::nullopt;
    const auto& other = graph[*link.other];
    const bool told = other.has_credentials && !other.is_listening();
    return told ? std::optional(other.peer_credentials) : std::nullopt;
}

void describe_listener(const Graph& graph, const Links& links, SocketId id, std::optional<Listener>& out) {
    const auto listener = links.listener_of(id);
    if (!listener) {
        out.reset();
        return;
    }
    if (!out)
        out.emplace();
    out->inode = graph[*listener].self.inode;
    out->local = local_address(graph, graph[*listener]);
    describe_name(graph, graph[*listener], out->name);
    describe_holders(graph, links, *listener, out->holders);
}

} // namespace

void describe(const Graph& graph, const Links& links, SocketId id, Endpoint& out) {
    const auto& socket = graph[id];
    const auto if_known = [](bool known, std::uint32_t value) {
        return known ? std::optional(value) : std::nullopt;
    };
    out.kind = socket.kind;
    out.type = EndpointType{socket.type};
    out.state = links.state_of(id);
    out.inode = if_set(socket.self.inode);
    out.cookie = if_set(socket.cookie);
    out.address = if_set(socket.kernel_address());
    out.netns = socket.netns;
    describe_inet(graph, socket, out);
    out.rx_queue = if_known(socket.has_rx && !socket.is_listening(), socket.rx_bytes);
    out.tx_queue = if_known(socket.has_tx && socket.open && !socket.is_listening(), socket.tx_bytes);
    out.backlog = if_known(socket.has_backlog && socket.is_listening(), socket.queue_length);
    out.backlog_limit = if_known(socket.has_backlog && socket.is_listening(), socket.backlog_limit);

    describe_name(graph, socket, out.name);
    out.name_state = state_of_name(graph, socket);
    out.opener = opener_of(graph, links, id);
    describe_holders(graph, links, id, out.holders);
    describe_listener(graph, links, id, out.listener);

    const auto edges = links.all(id);
    out.peers.resize(edges.size());
    for (std::size_t i = 0; i < edges.size(); ++i)
        describe_edge(graph, links, id, edges[i], out.peers[i]);
}

} // namespace otherend::query
