// SPDX-License-Identifier: MIT
#pragma once

#include "render/printer.hpp"

namespace otherend::render {

// RFC 4180, one line per row. The values of a cell are joined by ';'; a ';' inside a value is written \x3b.
class CsvPrinter : public Printer {
  public:
    CsvPrinter(std::ostream& out, std::vector<const Column*> columns);
    void endpoint(const Endpoint& endpoint) override;
    void finish(std::span<const Unseen> unseen) override;

  private:
    void append_row(const Row& row);

    std::ostream& out_;
    std::vector<const Column*> columns_;
    std::string lines_;
    Cell cell_; // reused, see Cell
    std::string field_;
};

// A field and its comma, quoted where RFC 4180 section 2 asks for it.
void append_csv_field(std::string& out, std::string_view field);

// Turns the last comma into the end of the line.
void end_csv_line(std::string& out);

} // namespace otherend::render
