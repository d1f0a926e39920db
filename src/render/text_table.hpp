// SPDX-License-Identifier: MIT
// Aligned columns for people. Every cell is needed before the first line can be aligned, so they are kept, as
// text in chunks: about the bytes that are printed, and one per cell (docs/adr/0001-table-writer.md).
#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace otherend::render {

struct TextColumn {
    std::string_view header;
    bool right = false; // aligned, as numbers are
    bool may_cut = false;
    std::string_view (*colour)(std::string_view cell) = nullptr; // SGR parameters like "32", or empty
};

class TextTable {
  public:
    explicit TextTable(std::vector<TextColumn> columns);

    // The next cell, left to right, row after row. Safe text (see escape()); empty is printed as "-".
    void add(std::string_view cell);

    // With a width, cells are cut with "…" so that lines fit; 0 cuts nothing. An empty table prints nothing.
    void print(std::ostream& out, unsigned width, bool coloured) const;

  private:
    struct Content { // of a column, over all rows and its header
        std::size_t width = 0;
        bool any_value = false;
        bool all_ascii = true; // then a cell is as wide as it has bytes
    };

    [[nodiscard]] std::vector<std::size_t> layout(std::size_t width) const;
    void append_line(std::string& lines, std::span<const std::string_view> cells,
                     std::span<const std::size_t> widths, bool coloured) const;

    std::vector<TextColumn> columns_;
    std::vector<Content> contents_;
    std::vector<std::string> chunks_; // cells, each ended by a tab; a row is never split
    std::size_t next_column_ = 0;
};

} // namespace otherend::render
