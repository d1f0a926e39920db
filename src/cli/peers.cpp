// SPDX-License-Identifier: MIT
// The verbs `who` and `list`: select sockets of a snapshot, describe them, print them.
#include "cli/run.hpp"

#include "cli/find.hpp"
#include "cli/nothing.hpp"
#include "cli/privileges.hpp"
#include "cli/selection.hpp"
#include "cli/terminal.hpp"

#include <ostream>

namespace otherend::cli {

namespace {

struct Printed {
    std::size_t endpoints = 0;
    bool known = false; // some of it says who is on the other end
    Doubts doubts;
};

Printed print(const Found& found, const View& view, render::Printer& printer) {
    const auto& [snapshot, links, sockets, unmatched] = found;
    Printed printed;
    Endpoint endpoint;
    for (const auto id : view.in_order(snapshot->graph, links, sockets)) {
        if (view.top && printed.endpoints == *view.top)
            break;
        if (!view.describe(snapshot->graph, links, id, endpoint))
            continue;
        printer.endpoint(endpoint);
        ++printed.endpoints;
        printed.doubts.look_at(endpoint);
        printed.known |= is_known(endpoint);
    }
    return printed;
}

// A line for each target that nothing matched. That we may not look is an error only if nothing else was found.
Result<std::vector<std::string>> explain_unmatched(const PeersRequest& request, const Found& found) {
    std::vector<std::string> lines;
    for (const auto index : found.unmatched) {
        auto line = explain_nothing(found.snapshot->graph, request.targets[index], request.texts[index]);
        if (!line && found.sockets.empty())
            return std::unexpected(line.error());
        lines.push_back(line ? std::move(*line) : line.error().message);
    }
    return lines;
}

bool says_unseen_itself(render::Format format) {
    return format == render::Format::json || format == render::Format::jsonl;
}

} // namespace

Result<int> run(const PeersRequest& request, Streams streams) {
    const auto view = make_view(request.output);
    if (!view)
        return std::unexpected(view.error());
    const Wants wants{.executables = view->needs_executables(),
                      .places = view->needs_places() || !request.targets.empty()};
    const auto found = find(request.targets, request.look, wants);
    if (!found)
        return std::unexpected(found.error());
    auto notes = explain_unmatched(request, *found);
    if (!notes)
        return std::unexpected(notes.error());
    drop_privileges();

    const auto& snapshot = *found->snapshot;
    const auto printer = render::make_printer(streams.out, view->options,
                                              {snapshot.host.name, now_rfc3339(), snapshot.source});
    const auto printed = print(*found, *view, *printer);
    auto unseen = snapshot.graph.unseen();
    printed.doubts.add_to(unseen);
    printer->finish(unseen);

    if (!says_unseen_itself(view->options.format))
        for (const auto& item : unseen)
            notes->push_back(render::describe(item));
    for (const auto& note : *notes)
        streams.err << "otherend: " << note << '\n';
    const bool answered = printed.endpoints > 0 && (printed.known || request.is_list);
    return answered ? 0 : 1;
}

} // namespace otherend::cli
