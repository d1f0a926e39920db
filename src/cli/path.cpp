// SPDX-License-Identifier: MIT
// The verb `path`: follow the endpoints of a target through relays to the final ends, and print the way.
#include "query/path.hpp"

#include "cli/find.hpp"
#include "cli/nothing.hpp"
#include "cli/observe.hpp"
#include "cli/privileges.hpp"
#include "cli/run.hpp"
#include "cli/terminal.hpp"
#include "render/path_printer.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace otherend::cli {

namespace {

bool is_known(const PathEnd& end) {
    return end.reason != EndReason::unknown;
}

bool says_unseen_itself(render::PathFormat format) {
    return format == render::PathFormat::json || format == render::PathFormat::jsonl;
}

void add_apart(const query::Paths& paths, std::vector<std::string>& notes) {
    const auto count = paths.apart.size();
    if (count == 1)
        notes.emplace_back(
            "1 endpoint of the target listens or is joined to nothing: no path leads through it");
    if (count > 1)
        notes.push_back(
            std::to_string(count) +
            " endpoints of the target listen or are joined to nothing: no path leads through them");
}

} // namespace

Result<int> run(const PathRequest& request, Streams streams) {
    auto found = find({request.target}, request.look,
                      {.executables = says_unseen_itself(request.format), .relays = true});
    if (!found)
        return std::unexpected(found.error());
    std::vector<std::string> notes;
    if (found->sockets.empty()) {
        auto line = explain_nothing(found->snapshot->graph, request.target, request.text);
        if (!line)
            return std::unexpected(line.error());
        notes.push_back(std::move(*line));
    }
    auto& snapshot = *found->snapshot;
    if (request.observe && !found->sockets.empty())
        if (auto observed = observe_transfers(*found, *request.observe); !observed)
            return std::unexpected(observed.error());
    drop_privileges();

    const auto paths = query::paths_through(snapshot.graph, found->links, found->sockets);
    const auto& unseen = snapshot.graph.unseen();
    const render::PathOptions options{
        .format = request.format, .width = terminal_width(), .addresses = request.addresses};
    render::print_paths(streams.out, paths.paths, unseen, options,
                        {snapshot.host.name, now_rfc3339(), snapshot.source});
    add_apart(paths, notes);
    if (!says_unseen_itself(request.format))
        for (const auto& item : unseen)
            notes.push_back(render::describe(item));
    for (const auto& note : notes)
        streams.err << "otherend: " << note << '\n';
    const bool answered = std::ranges::any_of(
        paths.paths, [](const Path& path) { return is_known(path.front) && is_known(path.back); });
    return answered ? 0 : 1;
}

} // namespace otherend::cli
