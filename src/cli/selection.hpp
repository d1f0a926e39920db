// SPDX-License-Identifier: MIT
// The output options as values: which columns, which rows, in which order.
#pragma once

#include "cli/request.hpp"
#include "model/graph.hpp"
#include "query/filter.hpp"
#include "query/links.hpp"
#include "render/column.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace otherend::cli {

struct SortColumn {
    const render::Column* column = nullptr;
    bool descending = false;
};

struct View {
    render::Options options;
    std::vector<query::Filter> filters;   // all must hold
    std::vector<std::string> expressions; // what the filters were parsed from
    std::set<State> states;
    std::set<Kind> kinds;
    std::optional<Patience> stuck;
    std::vector<SortColumn> sort;
    std::optional<std::size_t> top;

    // Whether it shows or judges by what executables holders run, or by their containers and units: each costs a look
    // at every process.
    [[nodiscard]] bool needs_executables() const;
    [[nodiscard]] bool needs_places() const;

    // Fills `out`; whether it passes, as keep() says it.
    bool describe(const model::Graph& graph, const query::Links& links, model::SocketId id,
                  Endpoint& out) const;

    // Whether the endpoint passes; edges that do not are taken out of it.
    bool keep(Endpoint& endpoint) const;

    [[nodiscard]] std::vector<model::SocketId> in_order(const model::Graph& graph, const query::Links& links,
                                                        std::vector<model::SocketId> sockets) const;

  private:
    // Whether a column whose name ends like this is shown, sorted by or in a filter.
    [[nodiscard]] bool needs(std::string_view word) const;
};

// Errors are of class usage: an unknown column, a filter that cannot be parsed.
Result<View> make_view(const Output& output);

} // namespace otherend::cli
