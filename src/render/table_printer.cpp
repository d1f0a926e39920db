// SPDX-License-Identifier: MIT
#include "render/table_printer.hpp"

#include "render/words.hpp"

#include <utility>

namespace otherend::render {
namespace {

// Green: data can flow. Yellow: somebody waits. Red: nobody is there any more. Magenta: we could not tell.
std::string_view colour_of(State state) {
    switch (state) {
    case State::connected:
        return "32";
    case State::pending:
    case State::connecting:
    case State::inflight:
        return "33";
    case State::closed:
        return "31";
    case State::listening:
        return "36";
    case State::raced:
    case State::unknown:
        return "35";
    case State::unconnected:
        break;
    }
    return {};
}

std::string_view colour_of_word(std::string_view cell) {
    for (const State state : states)
        if (cell == word(state))
            return colour_of(state);
    return {};
}

std::vector<TextColumn> text_columns(std::span<const Column* const> columns) {
    std::vector<TextColumn> out;
    for (const Column* column : columns)
        out.push_back({.header = column->header,
                       .right = column->kind == ValueKind::number,
                       .may_cut = column->kind == ValueKind::text || column->kind == ValueKind::number,
                       .colour = column->kind == ValueKind::state ? colour_of_word : nullptr});
    return out;
}

} // namespace

TablePrinter::TablePrinter(std::ostream& out, std::vector<const Column*> columns, Text text, unsigned width,
                           bool coloured)
    : out_(out), columns_(std::move(columns)), table_(text_columns(columns_)), text_(text), width_(width),
      coloured_(coloured) {}

void TablePrinter::endpoint(const Endpoint& endpoint) {
    for_each_row(endpoint, [this](const Row& row) { add_row(row); });
}

void TablePrinter::add_row(const Row& row) {
    for (const Column* column : columns_) {
        const bool brief = text_ == Text::brief && column->fill_brief;
        cell_.clear();
        (brief ? column->fill_brief : column->fill)(row, cell_);
        table_.add(cell_.joined(", "));
    }
}

void TablePrinter::finish(std::span<const Unseen>) {
    table_.print(out_, width_, coloured_);
}

} // namespace otherend::render
