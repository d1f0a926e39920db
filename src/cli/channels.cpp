// SPDX-License-Identifier: MIT
#include "cli/channels.hpp"

#include "cli/by_namespace.hpp"
#include "cli/mptcp.hpp"
#include "kernel/channels.hpp"
#include "kernel/iterate.hpp"
#include "system/descriptor.hpp"
#include "system/socket_count.hpp"

#include <string>
#include <variant>

namespace otherend::cli {

namespace {

using model::Graph;

// The name of a FIFO is where a descriptor of it leads.
void report_fifo(const system::Procfs& proc, model::PipeFact fact, Graph& graph) {
    const auto link = system::directory_of(fact.pid) + "/fd/" + std::to_string(fact.fd);
    const auto target = proc.read_link(link);
    const auto status = proc.status(link);
    system::FifoName name;
    if (target && status)
        name = system::name_of_fifo(*target, *status);
    fact.path = name.path;
    fact.unlinked = name.unlinked;
    graph.apply(fact);
}

bool is_wanted(const Look& look, const model::Fact& fact) {
    if (const auto* holder = std::get_if<model::HolderFact>(&fact))
        return look.wants(holder->kind);
    if (std::holds_alternative<model::PtyFact>(fact))
        return look.wants(Kind::pty);
    if (std::holds_alternative<model::PipeFact>(fact))
        return look.wants(Kind::pipe);
    return true;
}

} // namespace

bool wants_channels(const Look& look) {
    return look.kinds != std::set{Kind::unix_socket};
}

Result<void> read_channels(const Look& look, const system::Procfs& proc,
                           system::NetworkNamespaces& namespaces, Graph& graph) {
    const auto programs = kernel::load_channels(look.loader);
    if (!programs)
        return std::unexpected(programs.error());
    const model::FactSink sink = [&](const model::Fact& fact) {
        if (!is_wanted(look, fact))
            return;
        if (const auto* pipe = std::get_if<model::PipeFact>(&fact); pipe && pipe->is_fifo)
            report_fifo(proc, *pipe, graph);
        else
            graph.apply(fact);
    };
    if (auto read = kernel::read_holders(programs->descriptors, sink); !read)
        return read;
    if (!look.wants(Kind::tcp) && !look.wants(Kind::udp))
        return {};
    const auto read_namespace = [&]() -> Result<void> {
        // All namespaces share one table, and the iterator goes through all of it for each of them.
        if (look.wants(Kind::tcp) && system::may_have_tcp(proc))
            if (auto read = kernel::read_holders(programs->tcp, sink); !read)
                return read;
        return look.wants(Kind::udp) ? kernel::read_holders(programs->udp, sink) : Result<void>{};
    };
    // Also where no process holds a socket any more: TIME_WAIT outlives them all.
    visit_namespaces(namespaces, graph, read_namespace, namespaces.find_all(sink));
    hold_subflows(graph);
    return {};
}

} // namespace otherend::cli
