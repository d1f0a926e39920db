// SPDX-License-Identifier: MIT
// The verbs `who` and `list`: select sockets of a snapshot, describe them, print them.
#include "cli/run.hpp"

#include "cli/collect.hpp"
#include "cli/names.hpp"
#include "cli/nothing.hpp"
#include "cli/selection.hpp"
#include "cli/terminal.hpp"
#include "query/describe.hpp"

#include <algorithm>
#include <ostream>

namespace otherend::cli {

namespace {

using model::SocketId;

constexpr int attempts_at_raced = 3; // `who` looks again before it answers that something changed

Wants wants_of(const View& view) {
    const bool all = view.options.format != render::Format::table;
    const auto shows_exe = [](const render::Column* column) { return column->name == "exe"; };
    return {.executables = view.uses("exe") || (all && view.options.columns.empty()) ||
                           std::ranges::any_of(view.options.columns, shows_exe)};
}

struct Found {
    Snapshot snapshot;
    std::vector<SocketId> sockets;
    std::vector<std::size_t> unmatched; // indexes of targets that nothing matched
};

void select_targets(const PeersRequest& request, const query::Links& links, Found& found) {
    const auto& graph = found.snapshot.graph;
    if (request.everything) {
        graph.for_each_socket([&](SocketId id, const model::Socket&) {
            if (links.is_visible(id))
                found.sockets.push_back(id);
        });
        return;
    }
    std::vector<bool> taken(graph.size());
    for (std::size_t i = 0; i < request.targets.size(); ++i) {
        const auto selected = query::select(graph, links, request.targets[i]);
        if (selected.empty())
            found.unmatched.push_back(i);
        for (const auto id : selected)
            if (!taken[number(id)]) {
                taken[number(id)] = true;
                found.sockets.push_back(id);
            }
    }
}

Result<Found> look(const PeersRequest& request, const Wants& wants) {
    auto snapshot = collect(request.look, wants);
    if (!snapshot)
        return std::unexpected(snapshot.error());
    Found found{std::move(*snapshot), {}, {}};
    select_targets(request, query::Links(found.snapshot.graph), found);
    return found;
}

bool is_raced(const Found& found) {
    const query::Links links(found.snapshot.graph);
    return std::ranges::any_of(found.sockets, [&](SocketId id) { return links.state_of(id) == State::raced; });
}

Result<Found> look_until_settled(const PeersRequest& request, const Wants& wants) {
    auto found = look(request, wants);
    for (int i = 1; i < attempts_at_raced && found && !request.everything && is_raced(*found); ++i)
        found = look(request, wants);
    return found;
}

// Prints what the view lets through; returns whether any of it says who is on the other end.
struct Printed {
    std::size_t endpoints = 0;
    bool known = false;
};

Printed print(const Found& found, const View& view, render::Printer& printer) {
    const auto& graph = found.snapshot.graph;
    const query::Links links(graph);
    Printed printed;
    Endpoint endpoint;
    for (const auto id : view.in_order(graph, links, found.sockets)) {
        if (view.top && printed.endpoints == *view.top)
            break;
        query::describe(graph, links, id, endpoint);
        if (!view.keep(endpoint))
            continue;
        printer.endpoint(endpoint);
        ++printed.endpoints;
        printed.known = printed.known || endpoint.state != State::unknown;
    }
    return printed;
}

bool says_unseen_itself(render::Format format) {
    return format == render::Format::json || format == render::Format::jsonl;
}

} // namespace

Result<int> run(PeersRequest request, Streams streams) {
    auto view = make_view(request.output);
    if (!view)
        return std::unexpected(view.error());
    for (auto& target : request.targets)
        if (auto resolved = resolve(target); !resolved)
            return std::unexpected(resolved.error());

    const auto found = look_until_settled(request, wants_of(*view));
    if (!found)
        return std::unexpected(found.error());
    const auto& snapshot = found->snapshot;
    const render::Head head{snapshot.host.name, now_rfc3339(), snapshot.source};
    const auto printer = render::make_printer(streams.out, view->options, head);
    const auto printed = print(*found, *view, *printer);
    printer->finish(snapshot.graph.unseen());

    if (!says_unseen_itself(view->options.format))
        for (const auto& unseen : snapshot.graph.unseen())
            streams.err << "otherend: " << render::describe(unseen) << '\n';
    for (const auto index : found->unmatched)
        if (auto explained = explain_nothing(request.targets[index], request.texts[index], streams.err); !explained)
            if (printed.endpoints == 0)
                return std::unexpected(explained.error());
    return printed.endpoints > 0 && (printed.known || request.everything) ? 0 : 1;
}

} // namespace otherend::cli
