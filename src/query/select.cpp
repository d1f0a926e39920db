// SPDX-License-Identifier: MIT
#include "query/container.hpp"
#include "query/target.hpp"

#include <set>

namespace otherend::query {

using model::Graph;
using model::Socket;
using model::SocketId;

namespace {

bool is_address(const IpTarget& target, const IpEndpoint& endpoint) {
    return (!target.address || *target.address == endpoint.address) &&
           (!target.port || *target.port == endpoint.port);
}

bool matches_ip(const Graph& graph, const Socket& socket, const IpTarget& target) {
    const auto* inet = graph.inet_of(socket);
    if (inet == nullptr || (target.kind && *target.kind != socket.kind))
        return false;
    return is_address(target, inet->local) || (inet->remote && is_address(target, *inet->remote));
}

bool matches_inode(const Socket& socket, const InodeTarget& target) {
    using Of = InodeTarget::Of;
    const bool is_socket = socket.is_unix() || socket.is_inet();
    return socket.self.inode == target.inode && (target.of != Of::socket || is_socket) &&
           (target.of != Of::pipe || socket.kind == Kind::pipe);
}

bool matches_terminal(const Graph& graph, const Socket& socket, const TerminalTarget& target) {
    const auto* pty = socket.kind == Kind::pty ? graph.local_of(socket) : nullptr;
    return pty != nullptr && pty->index == target.index && pty->device == target.device;
}

bool matches_fifo(const Graph& graph, const Socket& socket, const FileTarget& target) {
    const auto* pipe = socket.kind == Kind::pipe ? graph.local_of(socket) : nullptr;
    return pipe != nullptr && socket.self.inode == target.inode && pipe->device == target.device;
}

bool matches_name(const Graph& graph, const Socket& socket, const NameTarget& target) {
    const auto* name = graph.name_of(socket);
    return name != nullptr && (name->bytes == target.bytes || name->best() == target.bytes);
}

bool matches_file(const Graph& graph, const Socket& socket, const NameTarget& target) {
    const auto* name = graph.name_of(socket);
    if (name == nullptr || !name->file || !name->file->linked.value_or(true))
        return false;
    // sock_diag has 32 bits for the inode of a file (struct unix_diag_vfs).
    const bool cut = socket.source == model::Source::diag;
    const auto inode = cut ? static_cast<std::uint32_t>(target.file->inode) : target.file->inode;
    return name->file->inode == inode &&
           (target.file->device_is_made_up || name->file->device == target.file->device);
}

template <typename Matches>
std::vector<SocketId> select_if(const Graph& graph, const Links& links, Matches matches) {
    std::vector<SocketId> selected;
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (matches(id, socket) && links.is_visible(id))
            selected.push_back(id);
    });
    return selected;
}

template <typename Matches>
std::vector<SocketId> select_by_holder(const Graph& graph, const Links& links, Matches matches) {
    return select_if(graph, links, [&](SocketId, const Socket& socket) {
        bool found = false;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            found = found || matches(holder, graph.process(holder.process));
        });
        return found;
    });
}

// The network namespaces in which no process is that runs elsewhere, if the graph has every process.
std::set<NetnsId> own_namespaces(const Graph& graph, const Container& container) {
    std::set<NetnsId> own, shared;
    for (const auto& process : graph.processes())
        (graph.container_of(process) == &container ? own : shared).insert(process.netns);
    own.erase(NetnsId{});
    std::erase_if(own, [&](NetnsId netns) { return shared.contains(netns); });
    return own;
}

std::vector<SocketId> select_container(const Graph& graph, const Links& links,
                                       const ContainerTarget& target) {
    const auto container = container_called(graph, target.text);
    if (!container)
        return {};
    const auto own = own_namespaces(graph, **container);
    return select_if(graph, links, [&](SocketId, const Socket& socket) {
        bool is_held = false;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            is_held = is_held || graph.container_of(graph.process(holder.process)) == *container;
        });
        // What the tables of its namespace have, whoever holds it: dockerd listens in there, to resolve names.
        return is_held || (socket.is_inet() && own.contains(socket.netns));
    });
}

bool is_unit(const model::Process& process, const std::string& unit) {
    return process.unit == unit || process.unit == unit + ".service";
}

// The object the path leads to decides; the name alone only where no socket is bound to that object.
std::vector<SocketId> select_name(const Graph& graph, const Links& links, const NameTarget& target) {
    std::vector<SocketId> selected;
    if (target.file)
        selected = select_if(graph, links,
                             [&](SocketId, const Socket& s) { return matches_file(graph, s, target); });
    if (selected.empty())
        selected = select_if(graph, links,
                             [&](SocketId, const Socket& s) { return matches_name(graph, s, target); });
    return selected;
}

template <typename... Visitors> struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

} // namespace

std::set<Kind> kinds_of(const Target& target) {
    const auto visitor = Overloaded{
        [](const NameTarget&) { return std::set{Kind::unix_socket}; },
        [](const TerminalTarget&) { return std::set{Kind::pty}; },
        [](const FileTarget&) { return std::set{Kind::pipe}; },
        [](const IpTarget& t) { return t.kind ? std::set{*t.kind} : std::set{Kind::tcp, Kind::udp}; },
        [](const auto&) { return std::set<Kind>{}; },
    };
    return std::visit(visitor, target);
}

std::vector<SocketId> select(const Graph& graph, const Links& links, const Target& target) {
    using model::HolderEntry;
    using model::Process;
    const auto by_socket = [&](auto matches) {
        return select_if(graph, links, [&](SocketId, const Socket& socket) { return matches(socket); });
    };
    const auto visitor = Overloaded{
        [&](const PidTarget& t) {
            return select_by_holder(graph, links,
                                    [&](const HolderEntry&, const Process& p) { return p.pid == t.pid; });
        },
        [&](const FdTarget& t) {
            return select_by_holder(graph, links, [&](const HolderEntry& h, const Process& p) {
                return p.pid == t.pid && h.fd == t.fd && h.via == Via::fd;
            });
        },
        [&](const CommTarget& t) {
            return select_by_holder(graph, links,
                                    [&](const HolderEntry&, const Process& p) { return p.comm == t.comm; });
        },
        [&](const InodeTarget& t) { return by_socket([&](const Socket& s) { return matches_inode(s, t); }); },
        [&](const AddressTarget& t) {
            return by_socket([&](const Socket& s) { return s.kernel_address() == t.address; });
        },
        [&](const IpTarget& t) {
            return by_socket([&](const Socket& s) { return matches_ip(graph, s, t); });
        },
        [&](const TerminalTarget& t) {
            return by_socket([&](const Socket& s) { return matches_terminal(graph, s, t); });
        },
        [&](const FileTarget& t) {
            return by_socket([&](const Socket& s) { return matches_fifo(graph, s, t); });
        },
        [&](const NetnsTarget& t) { return by_socket([&](const Socket& s) { return s.netns == t.netns; }); },
        [&](const NameTarget& t) { return select_name(graph, links, t); },
        [&](const ContainerTarget& t) { return select_container(graph, links, t); },
        [&](const ContainerPathTarget&) { return std::vector<SocketId>{}; },
        [&](const UnitTarget& t) {
            return select_by_holder(graph, links,
                                    [&](const HolderEntry&, const Process& p) { return is_unit(p, t.unit); });
        },
    };
    return std::visit(visitor, target);
}

} // namespace otherend::query
