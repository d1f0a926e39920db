// SPDX-License-Identifier: MIT
#include "cli/find.hpp"

#include "cli/resolve.hpp"

#include <algorithm>

namespace otherend::cli {

using model::SocketId;

namespace {

constexpr int attempts_at_raced = 3;

void select_everything(Found& found) {
    found.snapshot->graph.for_each_socket([&](SocketId id, const model::Socket&) {
        if (found.links.is_visible(id))
            found.sockets.push_back(id);
    });
}

void select_targets(const std::vector<query::Target>& targets, Found& found) {
    const auto& graph = found.snapshot->graph;
    std::vector<bool> taken(graph.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const auto selected = query::select(graph, found.links, targets[i]);
        if (selected.empty())
            found.unmatched.push_back(i);
        for (const auto id : selected)
            if (!taken[number(id)]) {
                taken[number(id)] = true;
                found.sockets.push_back(id);
            }
    }
}

bool is_raced(const Found& found) {
    return std::ranges::any_of(found.sockets,
                               [&](SocketId id) { return found.links.state_of(id) == State::raced; });
}

Result<void> resolve_in_containers(const model::Graph& graph, std::vector<query::Target>& targets) {
    const auto proc = system::Procfs::open();
    if (!proc)
        return std::unexpected(proc.error());
    for (auto& target : targets)
        if (auto resolved = resolve_in_container(*proc, graph, target); !resolved)
            return resolved;
    return {};
}

Result<Found> find_once(std::vector<query::Target> targets, const Look& look, const Wants& wants) {
    auto collected = collect(look, wants);
    if (!collected)
        return std::unexpected(collected.error());
    if (!targets.empty())
        if (auto resolved = resolve_in_containers(collected->graph, targets); !resolved)
            return std::unexpected(resolved.error());
    auto snapshot = std::make_unique<Snapshot>(std::move(*collected));
    query::Links links(snapshot->graph);
    Found found{std::move(snapshot), std::move(links), {}, {}};
    if (targets.empty())
        select_everything(found);
    else
        select_targets(targets, found);
    return found;
}

// Which processes a container or unit has does not show in what they hold.
Wants widened(Wants wants, const std::vector<query::Target>& targets) {
    const auto is_place = [](const query::Target& target) {
        return std::holds_alternative<query::ContainerTarget>(target) ||
               std::holds_alternative<query::ContainerPathTarget>(target) ||
               std::holds_alternative<query::UnitTarget>(target);
    };
    if (std::ranges::any_of(targets, is_place))
        wants.every_process = wants.places = true;
    return wants;
}

// What cannot match need not be looked at: the ends of one channel are of one kind.
Look narrowed(Look look, const std::vector<query::Target>& targets) {
    std::set<Kind> kinds;
    for (const auto& target : targets) {
        const auto some = query::kinds_of(target);
        if (some.empty())
            return look;
        kinds.insert(some.begin(), some.end());
    }
    if (look.kinds.empty())
        look.kinds = std::move(kinds);
    return look;
}

} // namespace

Result<Found> find(std::vector<query::Target> targets, const Look& wide_look, const Wants& some_wants) {
    for (auto& target : targets)
        if (auto resolved = resolve(target); !resolved)
            return std::unexpected(resolved.error());
    const auto wants = widened(some_wants, targets);
    const auto look = wants.relays ? wide_look : narrowed(wide_look, targets);
    for (int attempt = 1;; ++attempt) {
        auto found = find_once(targets, look, wants);
        if (!found || targets.empty() || attempt == attempts_at_raced || !is_raced(*found))
            return found;
    }
}

bool is_known(const Endpoint& endpoint) {
    return endpoint.state != State::unknown && endpoint.state != State::raced;
}

void Doubts::look_at(const Endpoint& endpoint) {
    unheld_ += endpoint.holders.empty() && endpoint.inode.has_value();
    disagreeing_ += static_cast<std::size_t>(
        std::ranges::count_if(endpoint.peers, [](const Edge& edge) { return edge.verified == false; }));
}

void Doubts::add_to(std::vector<Unseen>& unseen) const {
    if (unheld_ > 0)
        unseen.push_back(
            {"holders of sockets", "no descriptor, message or io_uring we can see refers to them", unheld_});
    if (disagreeing_ > 0)
        unseen.push_back({"edges", "sock_diag names another peer than the kernel's pointer", disagreeing_});
}

} // namespace otherend::cli
