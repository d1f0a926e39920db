// SPDX-License-Identifier: MIT
#include "render/records.hpp"

#include "base/escape.hpp"
#include "render/csv_printer.hpp"
#include "render/json.hpp"
#include "render/text_table.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace otherend::render {
namespace {

// A row may end early.
std::string_view cell_of(const std::vector<std::string>& row, std::size_t at) {
    return at < row.size() ? std::string_view(row[at]) : std::string_view();
}

Json to_json(const Records& records, const std::vector<std::string>& row) {
    Json object = Json::object();
    for (std::size_t at = 0; at < records.fields.size(); ++at)
        put_text(object, std::string(records.fields[at]), cell_of(row, at));
    return object;
}

void print_json(std::ostream& out, const Records& records, const Head& head) {
    Json document = to_json(head);
    Json& list = document[std::string(records.what)] = Json::array();
    for (const auto& row : records.rows)
        list.push_back(to_json(records, row));
    out << document.dump() << '\n';
}

void print_json_lines(std::ostream& out, const Records& records) {
    for (const auto& row : records.rows)
        out << to_json(records, row).dump() << '\n';
}

void print_csv(std::ostream& out, const Records& records) {
    std::string lines;
    for (const std::string_view field : records.fields)
        append_csv_field(lines, field);
    end_csv_line(lines);
    for (const auto& row : records.rows) {
        for (std::size_t at = 0; at < records.fields.size(); ++at)
            append_csv_field(lines, escape(cell_of(row, at)));
        end_csv_line(lines);
    }
    out << lines;
}

std::string capitals(std::string_view field) {
    std::string header(field);
    std::ranges::transform(header, header.begin(), [](char c) {
        return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return header;
}

void print_table(std::ostream& out, const Records& records, unsigned width) {
    std::vector<std::string> headers;
    std::ranges::transform(records.fields, std::back_inserter(headers), capitals);
    std::vector<TextColumn> columns;
    columns.reserve(headers.size());
    for (const std::string& header : headers)
        columns.push_back({.header = header, .may_cut = true});
    TextTable table(std::move(columns));
    for (const auto& row : records.rows)
        for (std::size_t at = 0; at < headers.size(); ++at)
            table.add(escape(cell_of(row, at)));
    table.print(out, width, false);
}

} // namespace

void print_records(std::ostream& out, const Records& records, const Options& options, const Head& head) {
    switch (options.format) {
    case Format::table:
        return print_table(out, records, options.width);
    case Format::wide:
        return print_table(out, records, 0);
    case Format::json:
        return print_json(out, records, head);
    case Format::jsonl:
        return print_json_lines(out, records);
    case Format::csv:
        return print_csv(out, records);
    }
}

} // namespace otherend::render
