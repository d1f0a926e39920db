// SPDX-License-Identifier: MIT
#include "render/text_table.hpp"

#include "render/display_width.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace otherend::render {
namespace {

constexpr std::string_view absent = "-";
constexpr char end_of_cell = '\t'; // no safe text holds one
constexpr std::string_view cut_mark = "…";
constexpr std::size_t gap = 2;
constexpr std::size_t chunk_size = 65536;
constexpr std::size_t readable_width = 12; // columns are cut to this much before any is cut further

// Columns of width 0 are left out.
std::size_t line_width(const std::vector<std::size_t>& widths) {
    std::size_t sum = 0;
    for (const std::size_t width : widths)
        sum += width == 0 ? 0 : width + gap;
    return sum == 0 ? 0 : sum - gap;
}

std::string cut(std::string_view cell, std::size_t width) {
    return std::string(cut_to_width(cell, width - 1)).append(cut_mark);
}

void append_coloured(std::string& line, std::string_view cell, std::string_view colour) {
    if (colour.empty())
        line += cell;
    else
        line.append("\033[").append(colour).append("m").append(cell).append("\033[m");
}

} // namespace

TextTable::TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {
    for (const TextColumn& column : columns_)
        contents_.push_back({.width = display_width(column.header), .all_ascii = is_ascii(column.header)});
}

void TextTable::add(std::string_view cell) {
    if (next_column_ == 0 && (chunks_.empty() || chunks_.back().size() > chunk_size))
        chunks_.emplace_back().reserve(chunk_size + 4096);
    Content& content = contents_[next_column_];
    content.any_value |= !cell.empty();
    if (cell.empty())
        cell = absent;
    const bool ascii = is_ascii(cell);
    content.all_ascii &= ascii;
    content.width = std::max(content.width, ascii ? cell.size() : display_width(cell));
    chunks_.back().append(cell) += end_of_cell;
    if (++next_column_ == columns_.size())
        next_column_ = 0;
}

// When lines are too long: first columns that say nothing go, then the widest are cut as long as they stay
// readable, then the rightmost give way.
std::vector<std::size_t> TextTable::layout(std::size_t width) const {
    std::vector<std::size_t> widths;
    widths.reserve(contents_.size());
    for (const Content& content : contents_)
        widths.push_back(content.width);
    if (width == 0)
        return widths;
    for (std::size_t at = 0; at < widths.size() && line_width(widths) > width; ++at)
        if (!contents_[at].any_value)
            widths[at] = 0;
    while (line_width(widths) > width) {
        std::size_t* widest = nullptr;
        for (std::size_t at = 0; at < widths.size(); ++at)
            if (columns_[at].may_cut && widths[at] > (widest ? *widest : readable_width))
                widest = &widths[at];
        if (!widest)
            break;
        --*widest;
    }
    for (std::size_t at = widths.size(); at-- > 0 && line_width(widths) > width;)
        if (columns_[at].may_cut && widths[at] > 1)
            widths[at] -= std::min(widths[at] - 1, line_width(widths) - width);
    return widths;
}

void TextTable::append_line(std::string& lines, std::span<const std::string_view> cells,
                            std::span<const std::size_t> widths, bool coloured) const {
    for (std::size_t at = 0; at < cells.size(); ++at) {
        const TextColumn& column = columns_[at];
        const std::size_t width = widths[at];
        if (width == 0)
            continue;
        std::string shortened;
        std::string_view cell = cells[at];
        std::size_t used = contents_[at].all_ascii ? cell.size() : display_width(cell);
        if (used > width) {
            cell = shortened = cut(cell, width);
            used = display_width(cell);
        }
        if (column.right)
            lines.append(width - used, ' ');
        append_coloured(lines, cell, coloured && column.colour ? column.colour(cell) : std::string_view());
        lines.append(column.right ? gap : width - used + gap, ' ');
    }
    lines.erase(lines.find_last_not_of(' ') + 1);
    lines += '\n';
}

void TextTable::print(std::ostream& out, unsigned width, bool coloured) const {
    if (chunks_.empty())
        return;
    const std::vector<std::size_t> widths = layout(width);
    std::vector<std::string_view> cells;
    cells.reserve(columns_.size());
    for (const TextColumn& column : columns_)
        cells.push_back(column.header);
    std::string lines;
    append_line(lines, cells, widths, false);
    for (const std::string_view chunk : chunks_) {
        for (std::size_t begin = 0; begin < chunk.size();) {
            for (std::string_view& cell : cells) {
                const std::size_t end = chunk.find(end_of_cell, begin);
                cell = chunk.substr(begin, end - begin);
                begin = end + 1;
            }
            append_line(lines, cells, widths, coloured);
        }
        out << lines;
        lines.clear();
    }
}

} // namespace otherend::render
