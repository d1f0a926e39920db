// SPDX-License-Identifier: MIT
// otherend/otherend.hpp on the same parts as the verb `who`.
#include "otherend/otherend.hpp"

#include "cli/find.hpp"
#include "query/describe.hpp"
#include "query/stuck.hpp"
#include "query/target.hpp"

namespace otherend {

namespace {

Result<std::vector<query::Target>> parse_targets(const std::vector<std::string>& texts) {
    std::vector<query::Target> targets;
    for (const auto& text : texts) {
        auto target = query::parse_target(text);
        if (!target)
            return std::unexpected(target.error());
        targets.push_back(std::move(*target));
    }
    return targets;
}

} // namespace

Result<Answer> resolve(const Question& question) {
    auto targets = parse_targets(question.targets);
    if (!targets)
        return std::unexpected(targets.error());
    cli::Look look;
    look.source = question.source;
    look.verify = question.verify;
    look.kinds = question.kinds;
    const auto found = cli::find(std::move(*targets), look, {.executables = question.executables});
    if (!found)
        return std::unexpected(found.error());

    const auto& [snapshot, links, sockets, unmatched] = *found;
    Answer answer{
        .host = snapshot->host.name, .source = snapshot->source, .unseen = snapshot->graph.unseen()};
    cli::Doubts doubts;
    for (const auto id : sockets) {
        auto reasons = question.stuck ? query::stuck(snapshot->graph, links, id, *question.stuck)
                                      : std::vector<std::string>{};
        if (question.stuck && reasons.empty())
            continue;
        query::describe(snapshot->graph, links, id, answer.endpoints.emplace_back());
        answer.endpoints.back().stuck = std::move(reasons);
        doubts.look_at(answer.endpoints.back());
    }
    doubts.add_to(answer.unseen);
    for (const auto index : unmatched)
        answer.unmatched.push_back(question.targets[index]);
    return answer;
}

} // namespace otherend
