// SPDX-License-Identifier: MIT
#include "query/process_ends.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace otherend::query {

using model::Graph;
using model::ProcessId;
using model::Socket;
using model::SocketId;

namespace {

bool can_pass_data(const Graph& graph, const Socket& socket, const std::vector<Link>& links) {
    if (socket.is_inet()) {
        const auto* inet = graph.inet_of(socket);
        if (socket.kind == Kind::udp)
            return inet && inet->remote;
        switch (TcpState{socket.tcp_state}) {
        case TcpState::established:
        case TcpState::fin_wait1:
        case TcpState::fin_wait2:
        case TcpState::close_wait:
            return true;
        default:
            return false;
        }
    }
    if (socket.is_listening() || socket.is_dgram() || links.empty())
        return false;
    const auto state = links.front().state;
    return state != State::closed && state != State::connecting && state != State::listening &&
           state != State::unconnected;
}

ProcessEnd end_of(const Graph& graph, ProcessId process, SocketId id, const std::vector<Link>& links) {
    const auto& socket = graph[id];
    ProcessEnd end{.id = id, .kind = socket.kind, .type = EndpointType{socket.type}};
    graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
        if (holder.process == process && holder.via == Via::fd)
            end.fds.push_back(holder.fd);
    });
    end.other = links.empty() ? std::nullopt : links.front().other;
    end.is_joined = can_pass_data(graph, socket, links);
    return end;
}

bool can_be_a_log(const ProcessEnd& end) {
    return end.kind == Kind::pipe || end.kind == Kind::unix_socket;
}

void mark_logs(ProcessEnds& ends) {
    const auto any_on = [&](int fd, auto matches) {
        return std::ranges::any_of(ends, [&](const auto& end) { return end.is_on(fd) && matches(end); });
    };
    const bool reads_input = any_on(0, [](const ProcessEnd&) { return true; });
    const bool has_logs = !reads_input && any_on(2, can_be_a_log);
    for (auto& end : ends)
        end.is_log = end.is_only_on({2}) || (has_logs && can_be_a_log(end) && end.is_only_on({1, 2}));
}

void count_those_that_say_something(ProcessEnds& ends) {
    const auto holds = [&](SocketId id) {
        return std::ranges::find(ends, id, &ProcessEnd::id) != ends.end();
    };
    for (auto& end : ends) {
        const bool wakes_itself = end.other && holds(*end.other) && !end.is_standard() && !end.is_master();
        end.counts = end.is_joined && !end.is_log && !wakes_itself;
    }
}

// Side channels are between processes of one job, so everybody at their other end holds another of the ends as well.
class Job {
  public:
    Job(const Graph& graph, const std::vector<const ProcessEnd*>& ends) : graph_(graph) {
        for (const auto* end : ends)
            for (const auto process : holders_of(end->id))
                ++held_[process];
    }

    [[nodiscard]] bool keeps_to_itself(const ProcessEnd& end) const {
        if (end.is_standard() || end.is_master() || !end.other)
            return false;
        const auto here = holders_of(end.id), there = holders_of(*end.other);
        return !there.empty() && std::ranges::all_of(there, [&](ProcessId process) {
            const auto known = held_.find(process);
            return known != held_.end() && known->second > here.count(process);
        });
    }

  private:
    [[nodiscard]] std::set<ProcessId> holders_of(SocketId id) const {
        std::set<ProcessId> processes;
        graph_.for_each_holder(graph_[id], [&](const auto& holder) { processes.insert(holder.process); });
        return processes;
    }

    const Graph& graph_;
    std::map<ProcessId, std::size_t> held_; // how many of the ends
};

void discount_side_channels(const Graph& graph, ProcessEnds& ends) {
    std::vector<const ProcessEnd*> duplex;
    for (const auto& end : ends)
        if (end.counts && !end.is_pipe() && !end.is_terminal())
            duplex.push_back(&end);
    const Job job(graph, duplex);
    for (auto& end : ends)
        end.counts = end.counts && (end.is_pipe() || !job.keeps_to_itself(end));
}

std::string name_of(const Graph& graph, std::optional<SocketId> id) {
    const auto* name = id ? graph.name_of(graph[*id]) : nullptr;
    return name ? name->bytes : std::string();
}

// Who connects somewhere has a port that the kernel chose for it (ip_local_port_range), or no name.
bool has_dialled(const Graph& graph, const ProcessEnd& end) {
    constexpr std::uint16_t first_chosen = 32768;
    if (const auto* inet = graph.inet_of(graph[end.id]))
        return inet->remote && inet->local.port >= first_chosen && inet->remote->port < first_chosen;
    return name_of(graph, end.id).empty() && !name_of(graph, end.other).empty();
}

} // namespace

bool ProcessEnd::is_on(int fd) const {
    return std::ranges::find(fds, fd) != fds.end();
}

bool ProcessEnd::is_only_on(std::initializer_list<int> some) const {
    return !fds.empty() &&
           std::ranges::all_of(fds, [&](int fd) { return std::ranges::find(some, fd) != some.end(); });
}

bool ProcessEnd::is_terminal() const {
    return kind == Kind::pty && type == EndpointType::slave && (is_standard() || is_on(2));
}

ProcessEnds ends_of(const Graph& graph, const std::function<std::vector<Link>(SocketId)>& links_of,
                    ProcessId process, std::span<const SocketId> ids) {
    ProcessEnds ends;
    for (const auto id : ids)
        ends.push_back(end_of(graph, process, id, links_of(id)));
    mark_logs(ends);
    count_those_that_say_something(ends);
    discount_side_channels(graph, ends);
    return ends;
}

bool are_alike(const Graph& graph, const ProcessEnd& a, const ProcessEnd& b) {
    if (has_dialled(graph, a) && has_dialled(graph, b))
        return true;
    if (a.kind != b.kind)
        return false;
    const auto* of_a = graph.inet_of(graph[a.id]);
    const auto* of_b = graph.inet_of(graph[b.id]);
    if (of_a && of_b) // clients of a listener on every address meet it at different ones, but at one port
        return graph[a.id].netns == graph[b.id].netns &&
               (of_a->local.port == of_b->local.port || (of_a->remote && of_a->remote == of_b->remote));
    const auto name = name_of(graph, a.id), peer = name_of(graph, a.other);
    return (!name.empty() && name == name_of(graph, b.id)) ||
           (!peer.empty() && peer == name_of(graph, b.other));
}

} // namespace otherend::query
