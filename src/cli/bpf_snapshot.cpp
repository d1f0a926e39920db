// SPDX-License-Identifier: MIT
#include "cli/bpf_snapshot.hpp"

#include "cli/by_address.hpp"
#include "cli/by_namespace.hpp"
#include "cli/held.hpp"
#include "cli/names.hpp"
#include "kernel/iterate.hpp"
#include "system/blocked_connect.hpp"
#include "system/socket_count.hpp"

#include <optional>
#include <set>
#include <variant>

namespace otherend::cli {

namespace {

using model::Graph;
using model::Socket;
using model::SocketId;

// The walks over queues and paths. Loaded when first needed: many hosts have nothing to walk.
class Details {
  public:
    Details(const kernel::Programs& programs, system::NetworkNamespaces& namespaces, Graph& graph)
        : programs_(programs), namespaces_(namespaces), graph_(graph) {}

    void read(const std::set<SocketId>& wanted) {
        if (wanted.empty())
            return;
        if (const auto done = try_to_read(wanted); !done)
            graph_.apply(model::UnseenFact{"queues and paths of sockets", done.error().message});
    }

  private:
    Result<void> try_to_read(const std::set<SocketId>& wanted) {
        if (!walks_) {
            auto loaded = kernel::load_details(programs_.loader, ring_size());
            if (!loaded)
                return std::unexpected(loaded.error());
            walks_ = std::move(*loaded);
        }
        if (const auto* in_namespaces = std::get_if<kernel::NamespaceProgram>(&*walks_))
            return read_details(*in_namespaces, wanted, namespaces_, graph_);
        return reach_details(std::get<kernel::AddressProgram>(*walks_), wanted, graph_);
    }

    [[nodiscard]] kernel::RingSize ring_size() const {
        const auto* sockets = std::get_if<kernel::NamespaceProgram>(&programs_.sockets);
        return sockets == nullptr ? kernel::RingSize::small : sockets->size;
    }

    const kernel::Programs& programs_;
    system::NetworkNamespaces& namespaces_;
    Graph& graph_;
    std::optional<kernel::SocketProgram> walks_;
};

std::set<SocketId> sockets_with_details(const Graph& graph) {
    std::set<SocketId> found;
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (socket.has_details && !socket.gone)
            found.insert(id);
    });
    return found;
}

// Whole namespaces at a time: paths that are not what bind() was given are read together with the queues.
void list_namespaces(const kernel::NamespaceProgram& program, const system::Procfs& proc, Details& details,
                     system::NetworkNamespaces& namespaces, Graph& graph) {
    read_sockets(program, namespaces, graph);
    find_names(proc, Verdicts::live, graph);
    auto wanted = sockets_with_details(graph);
    wanted.merge(sockets_with_lost_names(graph));
    details.read(wanted);
}

// From socket to socket, which needs the queues on the way.
Result<void> follow_addresses(const kernel::AddressProgram& program, const system::Procfs& proc,
                              Details& details, Graph& graph) {
    const auto read_details = [&](const std::set<SocketId>& wanted) { details.read(wanted); };
    if (auto reached = reach_sockets(program, read_details, graph); !reached)
        return reached;
    find_names(proc, Verdicts::live, graph);
    auto wanted = sockets_with_lost_names(graph);
    std::erase_if(wanted, [&](SocketId id) { return graph[id].has_details; }); // came with their queues
    details.read(wanted);
    graph.apply(model::UnseenFact{
        "sockets that nothing with a descriptor leads to",
        "this kernel cannot list UNIX sockets to BPF (iter/unix and bpf_loop, Linux 5.17)"});
    return {};
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

Result<Graph> read_by_bpf(const system::Procfs& proc, system::NetworkNamespaces& namespaces,
                          std::optional<kernel::Loader> loader) {
    const bool many = system::socket_count(proc).value_or(0) > many_sockets;
    const auto ring = many ? kernel::RingSize::large : kernel::RingSize::small;
    const auto programs = loader ? kernel::load(*loader, ring) : kernel::load_best(ring);
    if (!programs)
        return std::unexpected(programs.error());
    Graph graph(model::Source::bpf);
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    if (auto read = kernel::read_holders(programs->holders, sink); !read)
        return std::unexpected(read.error());
    Details details(*programs, namespaces, graph);
    if (const auto* in_namespaces = std::get_if<kernel::NamespaceProgram>(&programs->sockets))
        list_namespaces(*in_namespaces, proc, details, namespaces, graph);
    else if (auto followed =
                 follow_addresses(std::get<kernel::AddressProgram>(programs->sockets), proc, details, graph);
             !followed)
        return std::unexpected(followed.error());
    find_connecting(proc, graph);
    find_ring_holders(proc, graph);
    if (auto read = read_missing_holders(*programs, proc, graph); !read)
        return std::unexpected(read.error());
    return graph;
}

} // namespace otherend::cli
