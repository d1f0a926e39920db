// SPDX-License-Identifier: MIT
#include "cli/names.hpp"

#include "system/bound_path.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace otherend::cli {

using model::Graph;
using model::Name;
using model::Socket;
using model::SocketId;

namespace {

constexpr std::size_t enough_viewers = 8; // processes of one service rarely have more roots than one

struct Bound {
    model::SocketRef socket; // any that bears the name
    std::vector<Pid> viewers;
};

bool needs_lookup(const Name& name) {
    return !name.is_abstract() && name.file && name.state != NameState::live;
}

// One entry per name that is not known to be live: a listener and all it accepted share theirs.
std::map<const Name*, Bound> names_to_look_up(const Graph& graph) {
    std::map<const Name*, Bound> names;
    graph.for_each_socket([&](SocketId, const Socket& socket) {
        const auto* name = graph.name_of(socket);
        if (socket.gone || name == nullptr || !needs_lookup(*name))
            return;
        auto& bound = names.try_emplace(name, Bound{socket.self, {}}).first->second;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            const auto pid = graph.process(holder.process).pid;
            const bool known = std::ranges::find(bound.viewers, pid) != bound.viewers.end();
            if (!known && bound.viewers.size() < enough_viewers)
                bound.viewers.push_back(pid);
        });
    });
    return names;
}

} // namespace

void find_names(const system::Procfs& proc, Verdicts verdicts, Graph& graph) {
    for (const auto& [name, bound] : names_to_look_up(graph)) {
        const auto& file = *name->file;
        const system::BoundSocket socket{
            .name = name->bytes,
            .file = {.inode = file.inode, .device = file.device, .linked = file.linked},
            .path = file.path,
            .holders = bound.viewers,
        };
        const auto found = system::look_up_name(proc, socket);
        if (found && (verdicts == Verdicts::all || found->state == NameState::live))
            graph.apply(model::NameFact{bound.socket, found->state, found->path});
    }
}

std::set<SocketId> sockets_with_lost_names(const Graph& graph) {
    std::set<SocketId> found;
    for (const auto& [name, bound] : names_to_look_up(graph))
        if (const auto id = graph.find(bound.socket))
            found.insert(*id);
    return found;
}

} // namespace otherend::cli
