// SPDX-License-Identifier: MIT
#include "render/printer.hpp"

#include "base/escape.hpp"
#include "render/csv_printer.hpp"
#include "render/json_printer.hpp"
#include "render/table_printer.hpp"

namespace otherend::render {
namespace {

bool shows(Format format, const Shown& shown) {
    switch (format) {
    case Format::table:
        return shown.table;
    case Format::wide:
        return shown.wide;
    case Format::csv:
        return shown.csv;
    case Format::json:
    case Format::jsonl:
        break;
    }
    return false;
}

} // namespace

std::vector<const Column*> default_columns(Format format, bool addresses) {
    const bool has_columns = format != Format::json && format != Format::jsonl;
    std::vector<const Column*> chosen;
    for (const Column& column : columns())
        if (shows(format, column.shown) || (has_columns && addresses && column.name == "address"))
            chosen.push_back(&column);
    return chosen;
}

std::unique_ptr<Printer> make_printer(std::ostream& out, const Options& options, const Head& head) {
    using Text = TablePrinter::Text;
    const auto chosen =
        options.columns.empty() ? default_columns(options.format, options.addresses) : options.columns;
    switch (options.format) {
    case Format::table:
        return std::make_unique<TablePrinter>(out, chosen, Text::brief, options.width, options.color);
    case Format::wide:
        return std::make_unique<TablePrinter>(out, chosen, Text::whole, 0, options.color);
    case Format::csv:
        return std::make_unique<CsvPrinter>(out, chosen);
    case Format::json:
        return std::make_unique<JsonPrinter>(out, head, options.addresses);
    case Format::jsonl:
        return std::make_unique<JsonLinesPrinter>(out, options.addresses);
    }
    return nullptr;
}

std::string describe(const Unseen& unseen) {
    std::string line = escape(unseen.what);
    if (unseen.count > 1)
        line += " (" + std::to_string(unseen.count) + ")";
    return line + ": " + escape(unseen.why);
}

} // namespace otherend::render
