// SPDX-License-Identifier: MIT
#include "model/graph.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace otherend::model {

namespace {

template <typename Map, typename Key> std::optional<SocketId> lookup(const Map& map, Key key) {
    const auto it = map.find(key);
    return it == map.end() ? std::nullopt : std::optional(SocketId{it->second});
}

// "x.sock\0run\0" is /run/x.sock.
std::string path_from(std::string_view components) {
    std::string path;
    while (!components.empty()) {
        const auto end = components.find('\0');
        path.insert(0, std::string("/").append(components.substr(0, end)));
        components.remove_prefix(end == std::string_view::npos ? components.size() : end + 1);
    }
    return path;
}

} // namespace

const std::string& Name::best() const {
    if (!found_path.empty())
        return found_path;
    return file && !file->path.empty() ? file->path : bytes;
}

void Graph::apply(const Fact& fact) {
    std::visit([this](const auto& known) { on(known); }, fact);
}

std::optional<SocketId> Graph::find(SocketRef ref) const {
    if (is_set(ref.address)) {
        const auto id = at_address(ref.address);
        if (id && is_set(ref.inode) && (*this)[*id].self.inode != ref.inode)
            return std::nullopt;
        return id;
    }
    if (!is_set(ref.inode))
        return std::nullopt;
    if (inodes_are_indexed_) {
        const auto id = lookup(by_inode_, number(ref.inode));
        return id && (*this)[*id].gone ? std::nullopt : id;
    }
    std::optional<SocketId> found;
    for_each_socket([&](SocketId id, const Socket& socket) {
        if (socket.self.inode == ref.inode && !socket.gone && !socket.is_local())
            found = id;
    });
    return found;
}

void Graph::index_inodes() {
    if (std::exchange(inodes_are_indexed_, true))
        return;
    for_each_socket([&](SocketId id, const Socket& socket) {
        if (is_set(socket.self.inode) && !socket.gone && !socket.is_local())
            by_inode_[number(socket.self.inode)] = number(id);
    });
}

std::optional<SocketId> Graph::at_address(SockAddress address) const {
    const auto index =
        by_address_.find(number(address), [&](std::uint32_t i) { return number(sockets_[i].self.address); });
    return index ? std::optional(SocketId{*index}) : std::nullopt;
}

const Name* Graph::name_of(const Socket& socket) const {
    return socket.name == none ? nullptr : &names_[socket.name];
}

Pid Graph::reader_of_table(Pid tid) const {
    const auto it = reader_for_thread_.find(number(tid));
    return it == reader_for_thread_.end() ? Pid{} : it->second;
}

std::optional<Inode> Graph::diag_peer(SocketId id) const {
    const auto it = diag_peers_.find(number(id));
    return it == diag_peers_.end() ? std::nullopt : std::optional(it->second);
}

SocketId Graph::add(SocketRef ref) {
    const auto index = static_cast<std::uint32_t>(sockets_.size());
    sockets_.emplace_back().self = ref;
    if (is_set(ref.address))
        by_address_.assign(number(ref.address), index,
                           [&](std::uint32_t i) { return number(sockets_[i].self.address); });
    if (inodes_are_indexed_ && is_set(ref.inode) && !is_made_up(ref.address))
        by_inode_[number(ref.inode)] = index;
    return SocketId{index};
}

SocketId Graph::find_or_add(SocketRef ref) {
    if (!is_set(ref.address)) {
        index_inodes();
        const auto known = lookup(by_inode_, number(ref.inode));
        return known ? *known : add(ref);
    }
    const auto known = at_address(ref.address);
    if (!known)
        return add(ref);
    auto& socket = sockets_[number(*known)];
    if (socket.self.inode == ref.inode || !is_set(ref.inode))
        return *known;
    // First met by address alone, or accepted while we looked: now it has an inode.
    if (!is_set(socket.self.inode) && (!socket.reported || socket.is_embryo())) {
        socket.self.inode = ref.inode;
        if (inodes_are_indexed_)
            by_inode_[number(ref.inode)] = number(*known);
        return *known;
    }
    socket.gone = true;
    return add(ref);
}

// The one that was looked at: not that of another kind which was found at its address before, nor one with an inode
// where an end now waits for accept(), or is left without descriptors.
SocketId Graph::find_or_add(SocketRef ref, Kind kind) {
    const auto id = find_or_add(ref);
    auto& socket = sockets_[number(id)];
    if (socket.self.inode == ref.inode && (!socket.reported || socket.kind == kind))
        return id;
    socket.gone = true;
    return add(ref);
}

// -- holders --------------------------------------------------------------------------------------------

void Graph::add_holder(SocketId id, HolderEntry holder) {
    auto& socket = sockets_[number(id)];
    const auto index = static_cast<std::uint32_t>(holders_.size());
    holders_.push_back(holder);
    if (socket.last_holder == none)
        socket.first_holder = index;
    else
        holders_[socket.last_holder].next = index;
    socket.last_holder = index;
}

ProcessId Graph::find_or_add(const Process& process) {
    if (!processes_.empty() &&
        processes_.back().pid == process.pid) // descriptors of one process come together
        return ProcessId{static_cast<std::uint32_t>(processes_.size() - 1)};
    const auto [it, added] = by_pid_.try_emplace(number(process.pid), processes_.size());
    if (added)
        processes_.push_back(process);
    return ProcessId{it->second};
}

// iter/task_file visits each thread of a group whose leader has exited, even if they all share one table.
bool Graph::is_second_view_of_table(const HolderFact& fact) {
    if (fact.tid == fact.pid)
        return false;
    reader_for_thread_.try_emplace(number(fact.tid), fact.tid);
    if (fact.table == 0)
        return false;
    const auto [it, added] = reader_of_table_.try_emplace({fact.table, fact.pid}, fact.tid);
    reader_for_thread_[number(fact.tid)] = it->second;
    return it->second != fact.tid;
}

void Graph::on(const HolderFact& fact) {
    if (is_second_view_of_table(fact))
        return;
    const auto id = find_or_add(fact.socket);
    auto& socket = sockets_[number(id)];
    if (!socket.reported) {
        socket.netns = fact.socket_netns;
        socket.peer.address = fact.peer;
        socket.type = fact.type;
        socket.kind = fact.kind;
        socket.tcp_state = fact.tcp_state;
        socket.source = fact.source;
    }
    socket.open = true; // an end that waited for accept() has been taken
    const HolderEntry entry{.process =
                                find_or_add({fact.pid, fact.uid, fact.netns, std::string(fact.comm), {}}),
                            .tid = fact.tid == fact.pid ? Pid{} : fact.tid,
                            .fd = fact.fd};
    add_holder(id, entry);
}

void Graph::on(const ProcessFact& fact) {
    find_or_add({fact.pid, fact.uid, fact.netns, fact.comm, {}});
}

void Graph::on(const RingFact& fact) {
    rings_.push_back({{fact.pid, fact.uid, fact.netns, std::string(fact.comm), {}}, fact.tid, fact.fd});
}

void Graph::on(const RingFileFact& fact) {
    const auto owns = [&](const Ring& ring) { return ring.owner.pid == fact.pid && ring.fd == fact.fd; };
    const auto ring = std::ranges::find_if(rings_, owns);
    const auto id = find({fact.address, fact.inode});
    if (!id || ring == rings_.end())
        return;
    const HolderEntry holder{.process = find_or_add(ring->owner), .fd = fact.fd, .via = Via::io_uring};
    bool known = false; // through another thread of the process
    for_each_holder((*this)[*id], [&](const HolderEntry& other) {
        known =
            known || (other.via == holder.via && other.process == holder.process && other.fd == holder.fd);
    });
    if (!known)
        add_holder(*id, holder);
}

void Graph::on(const ExecutableFact& fact) {
    if (const auto it = by_pid_.find(number(fact.pid)); it != by_pid_.end())
        processes_[it->second].exe = fact.path;
}

// -- UNIX sockets ---------------------------------------------------------------------------------------

void Graph::on(const SocketFact& fact) {
    if (fact.type == 0) // connect() is still making it: nothing else of it can be relied on
        return;
    if (fact.source == Source::diag && primary_ == Source::bpf) {
        index_inodes();
        // A socket only sock_diag knows was opened after the snapshot: it is not part of it.
        if (const auto id = find(fact.socket))
            merge_diag(*id, fact);
        return;
    }
    auto& socket = sockets_[number(find_or_add(fact.socket, Kind::unix_socket))];
    describe(socket, fact);
    if (const auto name = intern_name(socket, fact); name != none)
        socket.name = name;
    for (const auto client : fact.waiting)
        if (is_set(client))
            on(QueuedFact{fact.socket, {}, {.inode = client}});
}

void Graph::merge_diag(SocketId id, const SocketFact& fact) {
    auto& socket = sockets_[number(id)];
    if (is_set(fact.cookie))
        socket.cookie = fact.cookie;
    if (fact.rx_bytes && !socket.has_rx) {
        socket.rx_bytes = *fact.rx_bytes;
        socket.has_rx = true;
    }
    diag_peers_[number(id)] = fact.peer ? fact.peer->inode : Inode{};
}

void Graph::describe(Socket& socket, const SocketFact& fact) {
    socket.reported = true;
    socket.kind = Kind::unix_socket;
    socket.source = fact.source;
    socket.netns = fact.netns;
    socket.peer_netns = fact.peer_netns;
    socket.type = fact.type;
    socket.tcp_state = fact.tcp_state;
    socket.cookie = fact.cookie;
    socket.address_id = fact.address_id;
    if (is_set(fact.listener))
        socket.listener = fact.listener;
    socket.open = fact.open.value_or(is_set(fact.socket.inode));
    socket.has_file = fact.has_file.value_or(true);
    socket.has_details = fact.has_details;
    socket.has_peer_fact = fact.peer.has_value();
    socket.peer = fact.peer.value_or(SocketRef{});
    socket.peer_peer = fact.peer_peer.value_or(SockAddress{});
    socket.peer_open = fact.peer_open.value_or(false);
    socket.peer_lost = fact.peer && !*fact.peer && fact.peer_open == false;
    socket.peer_is_unix = fact.peer_is_unix.value_or(true);
    socket.set_queues(fact);
    socket.has_credentials = fact.peer_credentials.has_value();
    socket.peer_credentials = fact.peer_credentials.value_or(Opener{});
}

std::uint32_t Graph::name_with_the_bytes_of(const Socket& socket, const SocketFact& fact) {
    if (fact.address_id != 0) {
        const auto [it, added] = name_by_address_id_.try_emplace(fact.address_id, names_.size());
        if (!added && names_[it->second].bytes == fact.name)
            return it->second;
        it.value() = static_cast<std::uint32_t>(names_.size());
    } else if (socket.name != none) {
        return socket.name;
    }
    names_.emplace_back().bytes = fact.name;
    return static_cast<std::uint32_t>(names_.size() - 1);
}

std::uint32_t Graph::intern_name(const Socket& socket, const SocketFact& fact) {
    if (fact.name.empty())
        return none;
    const auto index = name_with_the_bytes_of(socket, fact);
    auto& name = names_[index];
    if (fact.file && !name.file)
        name.file = Name::File{fact.file->inode, fact.file->device, fact.file->linked, {}};
    return index;
}

// What hangs on a socket is read at another time than the socket itself: if another lives at its address by then, or
// did, the fact is dropped.
std::optional<SocketId> Graph::find_same_or_add(SocketRef ref) {
    const auto id = is_set(ref.address) ? at_address(ref.address) : std::nullopt;
    if (!id)
        return find_or_add(ref);
    return sockets_[number(*id)].self == ref ? id : std::nullopt;
}

void Graph::on(const DetailFact& fact) {
    const auto id = at_address(fact.socket.address);
    if (!id || sockets_[number(*id)].self != fact.socket)
        return;
    auto& socket = sockets_[number(*id)];
    if (fact.rx_bytes) {
        socket.rx_bytes = *fact.rx_bytes;
        socket.has_rx = true;
    }
    if (fact.whole && socket.open && socket.name != none && names_[socket.name].file)
        names_[socket.name].file->path = path_from(fact.components);
}

void Graph::on(const NameFact& fact) {
    const auto id = find(fact.socket);
    if (!id || (*this)[*id].name == none)
        return;
    auto& name = names_[(*this)[*id].name];
    name.state = fact.state;
    name.found_path = fact.path;
}

// -- queues ---------------------------------------------------------------------------------------------

void Graph::on(const InflightFact& fact) {
    if (const auto carrier = find_same_or_add(fact.carrier))
        flights_.push_back({*carrier, find_or_add(fact.socket)});
}

void Graph::on(const QueuedFact& fact) {
    if (is_set(fact.embryo.address)) {
        sockets_[number(find_or_add(fact.embryo))].listener = fact.listener.address;
    } else {
        waiting_.push_back({fact.listener.inode, fact.client.inode});
    }
}

void Graph::on(const WaiterFact& fact) {
    const auto listener = find_same_or_add(fact.socket);
    const bool known =
        std::ranges::any_of(connecting_, [&](const Connecting& c) { return c.tid == fact.tid; });
    if (listener && !known)
        connecting_.push_back({*listener, fact.pid, fact.tid, -1});
}

void Graph::on(const BlockedFact& fact) {
    for (auto& waiting : connecting_)
        if (waiting.tid == fact.tid)
            waiting.fd = fact.fd;
}

void Graph::on(const VisitedFact& fact) {
    if (fact.source != primary_) // another only completes what the primary source saw
        return;
    if (fact.refused)
        was_refused_ = true;
    else
        visited_.insert(fact.netns);
}

void Graph::on(const UnseenFact& fact) {
    if (is_set(fact.netns) && !unseen_namespaces_.insert(fact.netns).second)
        return;
    const auto same = [&](const Unseen& u) { return u.what == fact.what && u.why == fact.why; };
    if (const auto it = std::ranges::find_if(unseen_, same); it != unseen_.end())
        it->count += fact.count;
    else
        unseen_.push_back({std::string(fact.what), std::string(fact.why), fact.count});
}

} // namespace otherend::model
