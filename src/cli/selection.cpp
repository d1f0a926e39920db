// SPDX-License-Identifier: MIT
#include "cli/selection.hpp"

#include "base/escape.hpp"
#include "cli/terminal.hpp"
#include "query/describe.hpp"
#include "query/stuck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
    std::vector<std::string_view> names;
    for (const auto& column : render::columns())
        names.push_back(column.name);
    const auto nearest = query::nearest_name(name, names);
    const auto hint =
        nearest ? fmt::format("did you mean '{}'?", *nearest) : "'otherend list --help' lists them";
    return std::unexpected(
        Error{ErrorClass::usage, fmt::format("{}: there is no column '{}'; {}", option, escape(name), hint)});
}

// The reason stands before who it is about, and a table of few columns has room for it.
std::vector<const render::Column*> columns_of_stuck(const Output& output) {
    auto columns = render::default_columns(output.format, output.addresses);
    if (columns.empty())
        return columns;
    if (output.format == render::Format::table)
        std::erase_if(columns, [](const render::Column* column) {
            constexpr std::array<std::string_view, 4> kept{"endpoint", "address", "holders", "peer"};
            return std::ranges::find(kept, column->name) == kept.end();
        });
    const auto holders = std::ranges::find(columns, "holders", &render::Column::name);
    columns.insert(holders, render::find_column("stuck"));
    return columns;
}

// "+exe,netns" adds to what the format shows anyway; "pid,comm" replaces it.
Result<std::vector<const render::Column*>> chosen_columns(const Output& output) {
    std::string_view text = output.columns;
    std::vector<const render::Column*> chosen;
    if (output.stuck && (text.empty() || text.starts_with('+')))
        chosen = columns_of_stuck(output);
    else if (text.starts_with('+'))
        chosen = render::default_columns(output.format, output.addresses);
    if (text.starts_with('+'))
        text.remove_prefix(1);
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

std::vector<query::FilterColumn> filter_columns() {
    std::vector<query::FilterColumn> known;
    for (const auto& column : render::columns())
        known.push_back({column.name, column.kind == render::ValueKind::number});
    return known;
}

Result<std::vector<query::Filter>> parse_filters(const std::vector<std::string>& expressions) {
    const auto known = filter_columns();
    std::vector<query::Filter> filters;
    for (const auto& expression : expressions) {
        auto filter = query::parse_filter(expression, known);
        if (!filter)
            return std::unexpected(filter.error().while_doing("--filter"));
        filters.push_back(std::move(*filter));
    }
    return filters;
}

bool passes(const std::vector<query::Filter>& filters, const render::Row& row) {
    render::Cell cell;
    const auto lookup = [&](std::size_t column) -> std::span<const query::FilterValue> {
        cell.clear();
        render::columns()[column].fill(row, cell);
        return cell.values();
    };
    return std::ranges::all_of(filters, [&](const query::Filter& filter) { return filter(lookup); });
}

} // namespace

Result<View> make_view(const Output& output) {
    auto columns = chosen_columns(output);
    if (!columns)
        return std::unexpected(columns.error());
    auto sort = sort_columns(output.sort);
    if (!sort)
        return std::unexpected(sort.error());
    auto filters = parse_filters(output.filters);
    if (!filters)
        return std::unexpected(filters.error());
    View view{.options = {.format = output.format,
                          .columns = std::move(*columns),
                          .color = use_color(output.color),
                          .width = terminal_width(),
                          .addresses = output.addresses},
              .filters = std::move(*filters),
              .expressions = output.filters,
              .states = output.states,
              .kinds = output.kinds,
              .stuck = output.stuck,
              .sort = std::move(*sort),
              .top = output.top};
    return view;
}

bool View::needs_executables() const {
    return needs("exe");
}

bool View::needs_places() const {
    return needs("container") || needs("unit");
}

bool View::needs(std::string_view word) const {
    const auto is_it = [&](const render::Column* column) { return column->name.ends_with(word); };
    const auto names_it = [&](const std::string& text) { return text.find(word) != std::string::npos; };
    const bool json = options.format == render::Format::json || options.format == render::Format::jsonl;
    const auto shown = options.columns.empty() ? render::default_columns(options.format, options.addresses)
                                               : options.columns;
    return json || std::ranges::any_of(expressions, names_it) || std::ranges::any_of(shown, is_it) ||
           std::ranges::any_of(sort, is_it, &SortColumn::column);
}

bool View::describe(const model::Graph& graph, const query::Links& links, model::SocketId id,
                    Endpoint& out) const {
    auto reasons = stuck ? query::stuck(graph, links, id, *stuck) : std::vector<std::string>{};
    if (stuck && reasons.empty())
        return false;
    query::describe(graph, links, id, out);
    out.stuck = std::move(reasons);
    if (stuck && out.state == State::listening)
        out.peers.clear(); // a full queue is one row, not one for each that waits in it
    return keep(out);
}

bool View::keep(Endpoint& endpoint) const {
    if (!states.empty() && !states.contains(endpoint.state))
        return false;
    if (!kinds.empty() && !kinds.contains(endpoint.kind))
        return false;
    if (filters.empty())
        return true;
    if (endpoint.peers.empty())
        return passes(filters, render::Row{endpoint});
    std::erase_if(endpoint.peers,
                  [&](const Edge& edge) { return !passes(filters, render::Row{endpoint, &edge}); });
    return !endpoint.peers.empty();
}

std::vector<model::SocketId> View::in_order(const model::Graph& graph, const query::Links& links,
                                            std::vector<model::SocketId> sockets) const {
    if (sort.empty())
        return sockets;
    std::vector<std::vector<render::SortKey>> keys;
    std::vector<model::SocketId> kept;
    Endpoint endpoint;
    for (const auto id : sockets) {
        if (!describe(graph, links, id, endpoint)) // an edge that is not shown does not count
            continue;
        kept.push_back(id);
        auto& row = keys.emplace_back();
        for (const auto& by : sort)
            row.push_back(render::sort_key(*by.column, endpoint));
    }
    std::vector<std::size_t> order(kept.size());
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
        sorted.push_back(kept[at]);
    return sorted;
}

} // namespace otherend::cli
