// SPDX-License-Identifier: MIT
#include "query/container.hpp"

#include "base/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <vector>

namespace otherend::query {

namespace {

using Containers = std::vector<const Container*>;

constexpr std::size_t shortest_id = 4;
constexpr std::size_t shown_id = 12; // as docker ps does
constexpr std::size_t shown_candidates = 8;

Containers containers_in(const model::Graph& graph) {
    Containers all;
    for (const auto& process : graph.processes())
        if (const auto* container = graph.container_of(process);
            container != nullptr && std::ranges::find(all, container) == all.end())
            all.push_back(container);
    return all;
}

bool has_id(const Container& container, std::string_view text) {
    return container.id == text;
}
bool has_name(const Container& container, std::string_view text) {
    return container.name == text;
}
bool has_name_ending_in(const Container& container, std::string_view text) {
    const std::string_view name = container.name;
    return name.size() > text.size() && name.ends_with(text) && name[name.size() - text.size() - 1] == '/';
}
bool has_id_beginning_with(const Container& container, std::string_view text) {
    return text.size() >= shortest_id && container.id.starts_with(text);
}

constexpr bool (*ways[])(const Container&, std::string_view) = {has_id, has_name, has_name_ending_in,
                                                                has_id_beginning_with};

Error ambiguous(const Containers& candidates, std::string_view text) {
    std::string list;
    for (const auto* candidate : candidates | std::views::take(shown_candidates))
        list += fmt::format("{}{} ({} {})", list.empty() ? "" : ", ",
                            candidate->name.empty() ? "unnamed" : escape(candidate->name),
                            candidate->runtime.empty() ? "container" : candidate->runtime,
                            candidate->id.substr(0, shown_id));
    if (candidates.size() > shown_candidates)
        list += ", …";
    return Error{ErrorClass::usage, fmt::format("bad target 'container:{}': {} containers are meant: {}",
                                                escape(text), candidates.size(), list)};
}

} // namespace

Result<const Container*> container_called(const model::Graph& graph, std::string_view text) {
    const auto all = containers_in(graph);
    for (const auto is_meant : ways) {
        Containers meant;
        std::ranges::copy_if(all, std::back_inserter(meant),
                             [&](const auto* c) { return is_meant(*c, text); });
        if (meant.size() == 1)
            return meant.front();
        if (!meant.empty())
            return std::unexpected(ambiguous(meant, text));
    }
    return std::unexpected(
        Error{ErrorClass::failed,
              fmt::format("no container is called '{}' that has a process we can see", escape(text))});
}

} // namespace otherend::query
