// SPDX-License-Identifier: MIT
#include "cli/by_namespace.hpp"

#include "kernel/iterate.hpp"

#include <map>

namespace otherend::cli {

using model::Graph;
using model::Socket;
using model::SocketId;

namespace {

// Where a way into a namespace may be found: a process in it, or a descriptor of a socket made in it.
struct Clue {
    Pid resident{};
    Pid holder{};
    int fd = -1;
};

std::map<NetnsId, Clue> namespaces_met(const Graph& graph) {
    std::map<NetnsId, Clue> met;
    for (const auto& process : graph.processes())
        met[process.netns].resident = process.pid;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        if (!is_set(socket.netns) || socket.gone)
            return;
        auto& clue = met[socket.netns];
        if (clue.fd >= 0)
            return;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            clue.holder = graph.process(holder.process).pid;
            clue.fd = holder.fd;
        });
    });
    met.erase(NetnsId{}); // of a task that was exiting
    return met;
}

Result<void> run_in(NetnsId netns, const Clue& clue, system::NetworkNamespaces& namespaces,
                    const std::function<Result<void>()>& visit) {
    const auto find_by_socket = [&] {
        return clue.fd >= 0 && namespaces.add_from_socket(clue.holder, clue.fd);
    };
    if (!is_set(clue.resident))
        find_by_socket(); // run_in() says it if no way was found
    auto read = namespaces.run_in(netns, visit, clue.resident);
    if (!read && is_set(clue.resident) && find_by_socket()) // who seemed to live there was passing by
        read = namespaces.run_in(netns, visit);
    return read;
}

} // namespace

std::set<NetnsId> visit_namespaces(system::NetworkNamespaces& namespaces, Graph& graph,
                                   const std::function<Result<void>()>& visit,
                                   std::span<const NetnsId> besides) {
    auto met = namespaces_met(graph);
    met.try_emplace(namespaces.current());
    for (const auto netns : besides)
        met.try_emplace(netns);
    std::set<NetnsId> visited;
    for (const auto& [netns, clue] : met)
        if (const auto done = run_in(netns, clue, namespaces, visit))
            visited.insert(netns);
        else
            graph.apply(
                model::UnseenFact{.what = "network namespaces", .why = done.error().message, .netns = netns});
    return visited;
}

void read_sockets(const kernel::NamespaceProgram& program, system::NetworkNamespaces& namespaces,
                  Graph& graph) {
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    for (const auto netns :
         visit_namespaces(namespaces, graph, [&] { return kernel::read_sockets(program, sink); }))
        graph.apply(model::VisitedFact{model::Source::bpf, netns});
}

Result<void> read_details(const kernel::NamespaceProgram& program, const std::set<SocketId>& wanted,
                          system::NetworkNamespaces& namespaces, Graph& graph) {
    std::set<NetnsId> where;
    for (const auto id : wanted)
        where.insert(graph[id].netns);
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    auto met = namespaces_met(graph);
    Result<void> result;
    for (const auto netns : where)
        if (auto read =
                run_in(netns, met[netns], namespaces, [&] { return kernel::read_sockets(program, sink); });
            !read)
            result = read;
    return result;
}

} // namespace otherend::cli
