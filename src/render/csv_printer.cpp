// SPDX-License-Identifier: MIT
#include "render/csv_printer.hpp"

#include <ostream>
#include <utility>

namespace otherend::render {
namespace {

// From values joined by a tab, which none of them holds.
void append_with_semicolons(std::string& out, std::string_view values) {
    for (const char c : values) {
        if (c == ';')
            out += "\\x3b";
        else
            out += c == '\t' ? ';' : c;
    }
}

} // namespace

void append_csv_field(std::string& out, std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        out.append(field) += ',';
        return;
    }
    out += '"';
    for (const char c : field) {
        if (c == '"')
            out += '"';
        out += c;
    }
    out += "\",";
}

void end_csv_line(std::string& out) {
    out.back() = '\r';
    out += '\n';
}

CsvPrinter::CsvPrinter(std::ostream& out, std::vector<const Column*> columns)
    : out_(out), columns_(std::move(columns)) {
    for (const Column* column : columns_)
        append_csv_field(lines_, column->name);
    end_csv_line(lines_);
    out_ << lines_;
}

void CsvPrinter::endpoint(const Endpoint& endpoint) {
    lines_.clear();
    for_each_row(endpoint, [this](const Row& row) { append_row(row); });
    out_ << lines_;
}

void CsvPrinter::append_row(const Row& row) {
    for (const Column* column : columns_) {
        cell_.clear();
        column->fill(row, cell_);
        field_.clear();
        append_with_semicolons(field_, cell_.joined("\t"));
        append_csv_field(lines_, field_);
    }
    end_csv_line(lines_);
}

void CsvPrinter::finish(std::span<const Unseen>) {}

} // namespace otherend::render
