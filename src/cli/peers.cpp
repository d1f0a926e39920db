// SPDX-License-Identifier: MIT
// The verbs `who` and `list`: select sockets of a snapshot, describe them, print them.
#include "cli/run.hpp"

#include "cli/collect.hpp"
#include "cli/names.hpp"
#include "cli/nothing.hpp"
#include "cli/privileges.hpp"
#include "cli/selection.hpp"
#include "cli/terminal.hpp"
#include "query/describe.hpp"

#include <algorithm>
#include <ostream>

namespace otherend::cli {

namespace {

using model::SocketId;

constexpr int attempts_at_raced = 3; // `who` looks again before it answers that something changed

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

struct Printed {
    std::size_t endpoints = 0;
    bool known = false;       // some of it says who is on the other end
    std::size_t unheld = 0;   // open sockets without a holder, although something must hold them
};

bool lacks_holder(const Endpoint& endpoint) {
    return endpoint.holders.empty() && endpoint.inode.has_value();
}

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
        printed.unheld += lacks_holder(endpoint);
        printed.known = printed.known || endpoint.state != State::unknown;
    }
    return printed;
}

// What nobody could be found to hold is part of the answer's honesty, but only where it is part of the answer.
void add_unheld(std::vector<Unseen>& unseen, std::size_t count) {
    if (count > 0)
        unseen.push_back({"holders of sockets", "no descriptor, message or io_uring we can see refers to them",
                          count});
}

bool says_unseen_itself(render::Format format) {
    return format == render::Format::json || format == render::Format::jsonl;
}

// A line for each target that nothing matched. That we may not look is an error only if nothing else was found.
Result<std::vector<std::string>> explain_unmatched(const PeersRequest& request, const Found& found) {
    std::vector<std::string> lines;
    for (const auto index : found.unmatched) {
        auto line = explain_nothing(request.targets[index], request.texts[index]);
        if (!line && found.sockets.empty())
            return std::unexpected(line.error());
        lines.push_back(line ? std::move(*line) : line.error().message);
    }
    return lines;
}

Result<void> resolve_all(PeersRequest& request) {
    for (auto& target : request.targets)
        if (auto resolved = resolve(target); !resolved)
            return resolved;
    return {};
}

} // namespace

Result<int> run(PeersRequest request, Streams streams) {
    const auto view = make_view(request.output);
    if (!view)
        return std::unexpected(view.error());
    if (auto resolved = resolve_all(request); !resolved)
        return std::unexpected(resolved.error());
    const auto found = look_until_settled(request, {.executables = view->needs_executables()});
    if (!found)
        return std::unexpected(found.error());
    auto notes = explain_unmatched(request, *found);
    if (!notes)
        return std::unexpected(notes.error());
    drop_privileges();

    const auto& snapshot = found->snapshot;
    const render::Head head{snapshot.host.name, now_rfc3339(), snapshot.source};
    const auto printer = render::make_printer(streams.out, view->options, head);
    const auto printed = print(*found, *view, *printer);
    auto unseen = snapshot.graph.unseen();
    add_unheld(unseen, printed.unheld);
    printer->finish(unseen);

    if (!says_unseen_itself(view->options.format))
        for (const auto& item : unseen)
            notes->push_back(render::describe(item));
    for (const auto& note : *notes)
        streams.err << "otherend: " << note << '\n';
    return printed.endpoints > 0 && (printed.known || request.everything) ? 0 : 1;
}

} // namespace otherend::cli
