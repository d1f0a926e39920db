// SPDX-License-Identifier: MIT
#include "cli/bpf_snapshot.hpp"

#include "cli/held.hpp"
#include "kernel/iterate.hpp"
#include "system/blocked_connect.hpp"

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
        if (is_set(clue.resident) || clue.fd >= 0)
            return;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            clue.holder = graph.process(holder.process).pid;
            clue.fd = holder.fd;
        });
    });
    met.erase(NetnsId{}); // of a task that was exiting
    return met;
}

Result<void> read_sockets_in(NetnsId netns, const Clue& clue, const kernel::Programs& programs,
                             system::NetworkNamespaces& namespaces, const model::FactSink& sink) {
    const auto visit = [&]() -> Result<void> {
        auto read = kernel::read_sockets(programs, sink);
        if (read)
            sink(model::VisitedFact{.netns = netns});
        return read;
    };
    if (clue.fd >= 0)
        (void)namespaces.add_from_socket(clue.holder, clue.fd); // run_in() says it if no way was found
    return namespaces.run_in(netns, visit, clue.resident);
}

constexpr std::size_t many_sockets = 1000; // what the small ring buffer surely takes at once

// Loads again with the large ring buffer where the holders tell that there is much to come. A failure is no loss:
// the small one takes it in more passes.
void fit_ring(kernel::Programs& programs, const Graph& graph) {
    if (programs.sockets && graph.size() > many_sockets)
        if (auto larger = kernel::load(programs.loader, kernel::RingSize::large))
            programs = std::move(*larger);
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
        if (const auto read = read_sockets_in(netns, clue, programs, namespaces, sink); !read)
            graph.apply(model::UnseenFact{"network namespaces", read.error().message});
}

// A second look at the descriptors, for sockets that had no owner at the first one.
Result<void> read_missing_holders(const kernel::Programs& programs, const system::Procfs& proc,
                                  Graph& graph) {
    const auto missing = worth_a_second_look(proc, graph);
    if (missing.empty())
        return {};
    return kernel::read_holders(programs, [&](const model::Fact& fact) {
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

} // namespace

Result<void> read_by_bpf(kernel::Programs& programs, const system::Procfs& proc,
                         system::NetworkNamespaces& namespaces, Graph& graph) {
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    if (auto read = kernel::read_holders(programs, sink); !read)
        return read;
    fit_ring(programs, graph);
    read_sockets(programs, namespaces, graph);
    find_connecting(proc, graph);
    find_ring_holders(proc, graph);
    if (auto read = read_missing_holders(programs, proc, graph); !read)
        return read;
    return {};
}

} // namespace otherend::cli
