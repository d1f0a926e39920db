// SPDX-License-Identifier: MIT
#include "cli/selection.hpp"

#include "base/escape.hpp"
#include "cli/terminal.hpp"
#include "query/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace otherend::cli {

namespace {

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return parts;
}

Result<const render::Column*> column_named(std::string_view name, std::string_view option) {
    if (const auto* column = render::find_column(name))
        return column;
    return std::unexpected(Error{ErrorClass::usage, fmt::format("{}: there is no column '{}'; 'otherend list --help' "
                                                                "lists them", option, escape(name))});
}

std::vector<const render::Column*> default_columns(render::Format format) {
    std::vector<const render::Column*> columns;
    for (const auto& column : render::columns())
        if (format == render::Format::table ? column.shown.table
            : format == render::Format::wide ? column.shown.wide : column.shown.csv)
            columns.push_back(&column);
    return columns;
}

// "+exe,netns" adds to what the format shows anyway; "pid,comm" replaces it.
Result<std::vector<const render::Column*>> chosen_columns(std::string_view text, render::Format format) {
    std::vector<const render::Column*> chosen;
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        chosen = default_columns(format);
    }
    for (const auto name : split(text)) {
        const auto column = column_named(name, "--columns");
        if (!column)
            return std::unexpected(column.error());
        chosen.push_back(*column);
    }
    return chosen;
}

Result<std::vector<SortColumn>> sort_columns(std::string_view text) {
    std::vector<SortColumn> columns;
    for (auto name : split(text)) {
        const bool descending = name.starts_with('-');
        if (descending)
            name.remove_prefix(1);
        const auto column = column_named(name, "--sort");
        if (!column)
            return std::unexpected(column.error());
        columns.push_back({*column, descending});
    }
    return columns;
}

} // namespace

Result<View> make_view(const Output& output) {
    auto columns = chosen_columns(output.columns, output.format);
    if (!columns)
        return std::unexpected(columns.error());
    auto sort = sort_columns(output.sort);
    if (!sort)
        return std::unexpected(sort.error());
    View view{.options = {.format = output.format,
                          .columns = std::move(*columns),
                          .color = use_color(output.color),
                          .width = terminal_width(),
                          .addresses = output.addresses},
              .states = output.states,
              .sort = std::move(*sort),
              .top = output.top};
    return view;
}

bool View::uses(std::string_view column) const {
    return std::ranges::any_of(sort, [&](const SortColumn& by) { return by.column->name == column; });
}

bool View::keep(Endpoint& endpoint) const {
    return states.empty() || states.contains(endpoint.state);
}

std::vector<model::SocketId> View::in_order(const model::Graph& graph, const query::Links& links,
                                            std::vector<model::SocketId> sockets) const {
    if (sort.empty())
        return sockets;
    std::vector<std::vector<render::SortKey>> keys;
    Endpoint endpoint;
    for (const auto id : sockets) {
        query::describe(graph, links, id, endpoint);
        auto& row = keys.emplace_back();
        for (const auto& by : sort)
            row.push_back(render::sort_key(*by.column, endpoint));
    }
    std::vector<std::size_t> order(sockets.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        for (std::size_t i = 0; i < sort.size(); ++i) {
            if (render::goes_before(keys[a][i], keys[b][i], sort[i].descending))
                return true;
            if (render::goes_before(keys[b][i], keys[a][i], sort[i].descending))
                return false;
        }
        return false;
    });
    std::vector<model::SocketId> sorted;
    for (const auto at : order)
        sorted.push_back(sockets[at]);
    return sorted;
}

} // namespace otherend::cli
