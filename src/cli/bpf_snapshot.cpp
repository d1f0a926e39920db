// SPDX-License-Identifier: MIT
#include "cli/bpf_snapshot.hpp"

#include "cli/held.hpp"
#include "cli/names.hpp"
#include "kernel/iterate.hpp"
#include "system/blocked_connect.hpp"
#include "system/socket_count.hpp"

#include <map>
#include <set>

namespace otherend::cli {

namespace {

using model::Graph;
using model::Socket;
using model::SocketId;

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

Result<void> read_in(NetnsId netns, const Clue& clue, const kernel::SocketProgram& program,
                     system::NetworkNamespaces& namespaces, const model::FactSink& sink) {
    const auto visit = [&] { return kernel::read_sockets(program, sink); };
    const auto find_by_socket = [&] {
        return clue.fd >= 0 && namespaces.add_from_unix_socket(clue.holder, clue.fd);
    };
    if (!is_set(clue.resident))
        find_by_socket(); // run_in() says it if no way was found
    auto read = namespaces.run_in(netns, visit, clue.resident);
    if (!read && is_set(clue.resident) && find_by_socket()) // who seemed to live there was passing by
        read = namespaces.run_in(netns, visit);
    return read;
}

void read_sockets(const kernel::Programs& programs, system::NetworkNamespaces& namespaces, Graph& graph) {
    if (!programs.sockets) {
        graph.apply(
            model::UnseenFact{"sockets without a descriptor",
                              "this kernel has no BPF iterator over UNIX sockets (iter/unix, Linux 5.15)"});
        return;
    }
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    auto met = namespaces_met(graph);
    met.try_emplace(namespaces.current());
    for (const auto& [netns, clue] : met)
        if (const auto read = read_in(netns, clue, *programs.sockets, namespaces, sink))
            graph.apply(model::VisitedFact{model::Source::bpf, netns});
        else
            graph.apply(model::UnseenFact{"network namespaces", read.error().message});
}

std::set<NetnsId> namespaces_with_details(const Graph& graph) {
    auto found = namespaces_of_lost_names(graph);
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        if (socket.has_details && !socket.gone)
            found.insert(socket.netns);
    });
    return found;
}

// What only a walk tells: messages with descriptors, blocked tasks, paths that are not what bind() was given.
void read_details(const kernel::Programs& programs, system::NetworkNamespaces& namespaces, Graph& graph) {
    const auto wanted = namespaces_with_details(graph);
    if (wanted.empty() || !programs.sockets)
        return;
    const auto program = kernel::load_details(programs.loader, programs.sockets->size);
    if (!program) {
        graph.apply(model::UnseenFact{"queues and paths of sockets", program.error().message});
        return;
    }
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    auto met = namespaces_met(graph);
    for (const auto netns : wanted)
        if (const auto read = read_in(netns, met[netns], *program, namespaces, sink); !read)
            graph.apply(model::UnseenFact{"queues and paths of sockets", read.error().message});
}

// A second look at the descriptors, for sockets that had no owner at the first one.
Result<void> read_missing_holders(const kernel::Programs& programs, const system::Procfs& proc,
                                  Graph& graph) {
    const auto missing = worth_a_second_look(proc, graph);
    if (missing.empty())
        return {};
    return kernel::read_holders(programs.holders, [&](const model::Fact& fact) {
        if (const auto* holder = std::get_if<model::HolderFact>(&fact))
            if (const auto id = graph.find(holder->socket); id && missing.contains(*id))
                graph.apply(fact);
    });
}

void find_connecting(const system::Procfs& proc, Graph& graph) {
    for (const auto& waiting : std::vector(graph.connecting()))
        if (const auto blocked = system::blocked_connect(proc, waiting.pid, waiting.tid))
            graph.apply(*blocked);
}

constexpr std::uint64_t many_sockets = 1000; // what the small ring buffer surely takes at once

} // namespace

Result<Graph> read_by_bpf(const system::Procfs& proc, system::NetworkNamespaces& namespaces) {
    const bool many = system::socket_count(proc).value_or(0) > many_sockets;
    const auto programs = kernel::load_best(many ? kernel::RingSize::large : kernel::RingSize::small);
    if (!programs)
        return std::unexpected(programs.error());
    Graph graph(model::Source::bpf);
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    if (auto read = kernel::read_holders(programs->holders, sink); !read)
        return std::unexpected(read.error());
    read_sockets(*programs, namespaces, graph);
    find_names(proc, Verdicts::live, graph);
    read_details(*programs, namespaces, graph);
    find_connecting(proc, graph);
    find_ring_holders(proc, graph);
    if (auto read = read_missing_holders(*programs, proc, graph); !read)
        return std::unexpected(read.error());
    return graph;
}

} // namespace otherend::cli
