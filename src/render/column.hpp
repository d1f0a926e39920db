// SPDX-License-Identifier: MIT
// The one list of columns. The text table, CSV, --columns, --sort, --filter and the help all read it.
#pragma once

#include "otherend/answer.hpp"
#include "render/cell.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace otherend::render {

// A line of a table: an endpoint and one of its edges. An endpoint without edges is one line.
struct Row {
    const Endpoint& endpoint;
    const Edge* edge = nullptr;
};

template <typename Use> void for_each_row(const Endpoint& endpoint, Use use) {
    if (endpoint.peers.empty())
        use(Row{endpoint});
    for (const Edge& edge : endpoint.peers)
        use(Row{endpoint, &edge});
}

enum class ValueKind : std::uint8_t {
    word,  // of a fixed vocabulary: never cut
    state, // such a word, and coloured
    text,
    number,
};

struct Shown { // in the default columns of which formats
    bool table = false, wide = false, csv = false;
};

struct Column {
    std::string_view name;   // in --columns, --sort, --filter and CSV
    std::string_view header; // in the table
    std::string_view help;
    ValueKind kind;
    Shown shown;
    void (*fill)(const Row&, Cell&) = nullptr;
    void (*fill_brief)(const Row&, Cell&) = nullptr; // for the table, where it says it shorter than fill
};

std::span<const Column> columns();
const Column* find_column(std::string_view name); // nullptr if there is none

// What --sort compares: the first value of the column in any row of the endpoint, absent if it has none.
using SortKey = std::optional<std::variant<std::uint64_t, std::string>>;

SortKey sort_key(const Column& column, const Endpoint& endpoint);

// Whether `a` goes before `b`: numbers by size, text by its bytes, absent last in both directions.
bool goes_before(const SortKey& a, const SortKey& b, bool descending);

} // namespace otherend::render
