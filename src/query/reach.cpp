// SPDX-License-Identifier: MIT
#include "query/reach.hpp"

#include <map>
#include <set>

namespace otherend::query {

using model::ProcessId;
using model::SocketId;

std::vector<Pid> processes_within_reach(const model::Graph& graph, const Links& links,
                                        std::span<const SocketId> from) {
    std::map<ProcessId, std::vector<SocketId>> held;
    graph.for_each_socket([&](SocketId id, const model::Socket& socket) {
        graph.for_each_holder(socket,
                              [&](const model::HolderEntry& holder) { held[holder.process].push_back(id); });
    });
    std::set<ProcessId> reached;
    std::set<SocketId> seen(from.begin(), from.end());
    std::vector<SocketId> next(from.begin(), from.end());
    const auto visit = [&](SocketId id) {
        if (seen.insert(id).second)
            next.push_back(id);
    };
    while (!next.empty()) {
        const auto id = next.back();
        next.pop_back();
        for (const auto& link : links.all(id))
            if (link.other)
                visit(*link.other);
        graph.for_each_holder(graph[id], [&](const model::HolderEntry& holder) {
            if (reached.insert(holder.process).second)
                for (const auto other : held[holder.process])
                    visit(other);
        });
    }
    std::vector<Pid> pids;
    for (const auto process : reached)
        pids.push_back(graph.process(process).pid);
    return pids;
}

} // namespace otherend::query
