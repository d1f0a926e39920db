// SPDX-License-Identifier: MIT
// What the graph knows of TCP, UDP, ptys and pipes, and of where processes run.
#include "model/graph.hpp"

#include <algorithm>

namespace otherend::model {

const Inet* Graph::inet_of(const Socket& socket) const {
    return socket.is_inet() && socket.more != none ? &inets_[socket.more] : nullptr;
}

const Local* Graph::local_of(const Socket& socket) const {
    return socket.is_local() && socket.more != none ? &locals_[socket.more] : nullptr;
}

const Container* Graph::container_of(const Process& process) const {
    return process.container == none ? nullptr : &containers_[process.container];
}

void Graph::on(const ContainerFact& fact) {
    const auto it = by_pid_.find(number(fact.pid));
    if (it == by_pid_.end())
        return;
    auto& process = processes_[it->second];
    process.own_pid = fact.own_pid;
    process.unit = fact.unit;
    if (!fact.container)
        return;
    const auto known = std::ranges::find(containers_, *fact.container);
    process.container = static_cast<std::uint32_t>(known - containers_.begin());
    if (known == containers_.end())
        containers_.push_back(*fact.container);
}

// One in TIME_WAIT has no inode, and a namespace may be read more than once.
SocketId Graph::find_or_add(const InetFact& fact) {
    if (fact.socket)
        return find_or_add(fact.socket, fact.kind);
    const auto [known, is_new] = nameless_.try_emplace({fact.kind, fact.netns, fact.local, fact.remote});
    if (is_new)
        known->second = add(fact.socket);
    return known->second;
}

void Graph::on(const InetFact& fact) {
    const auto id = find_or_add(fact);
    auto& socket = sockets_[number(id)];
    if (socket.more == none) {
        socket.more = static_cast<std::uint32_t>(inets_.size());
        inets_.emplace_back();
    }
    inets_[socket.more] = {fact.local, fact.remote, fact.uid, fact.cgroup, fact.sequence, fact.tcp};
    socket.kind = fact.kind;
    socket.reported = true;
    socket.source = fact.source;
    socket.netns = fact.netns;
    socket.type = 0;
    socket.tcp_state = static_cast<std::uint8_t>(fact.tcp.state);
    socket.cookie = fact.cookie;
    if (is_set(fact.listener))
        socket.listener = fact.listener;
    socket.open = fact.open.value_or(is_set(fact.socket.inode));
    socket.set_queues(fact);
}

void Graph::on(const SubflowFact& fact) {
    const auto connection = find(fact.connection), subflow = find(fact.subflow);
    if (!connection || !subflow || connection == subflow)
        return;
    for (auto i = (*this)[*connection].first_holder; i != none; i = holders_[i].next) {
        auto holder = holders_[i];
        holder.next = none;
        add_holder(*subflow, holder);
    }
    sockets_[number(*subflow)].open = true; // as with any holder
    sockets_[number(*connection)].gone = true;
}

Local& Graph::describe(const SocketRef& end, const SocketRef& other, Kind kind, EndpointType type,
                       std::optional<bool> other_open) {
    auto& socket = sockets_[number(find_or_add(end, kind))];
    if (socket.more == none) {
        socket.more = static_cast<std::uint32_t>(locals_.size());
        locals_.emplace_back();
    }
    socket.kind = kind;
    socket.type = static_cast<std::uint8_t>(type);
    socket.reported = true;
    socket.open = true;
    socket.peer = other;
    socket.has_peer_fact = other_open.has_value();
    socket.peer_open = other_open.value_or(false);
    return locals_[socket.more];
}

void Graph::on(const PtyFact& fact) {
    auto& pty = describe(fact.end, fact.other, Kind::pty, fact.type, fact.other_open);
    pty.index = fact.index;
    pty.device = fact.device;
}

void Graph::on(const PipeFact& fact) {
    auto& pipe = describe(fact.end, fact.other, Kind::pipe, fact.type, fact.other_open);
    pipe.device = fact.device;
    if (fact.path.empty())
        return;
    pipe.path = fact.path;
    pipe.unlinked = fact.unlinked;
}

} // namespace otherend::model
