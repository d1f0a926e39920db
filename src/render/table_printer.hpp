// SPDX-License-Identifier: MIT
#pragma once

#include "render/printer.hpp"
#include "render/text_table.hpp"

namespace otherend::render {

class TablePrinter : public Printer {
  public:
    enum class Text : std::uint8_t { brief, whole };

    TablePrinter(std::ostream& out, std::vector<const Column*> columns, Text text, unsigned width,
                 bool coloured);
    void endpoint(const Endpoint& endpoint) override;
    void finish(std::span<const Unseen> unseen) override;

  private:
    void add_row(const Row& row);

    std::ostream& out_;
    std::vector<const Column*> columns_;
    TextTable table_;
    Text text_;
    unsigned width_;
    bool coloured_;
    Cell cell_; // reused, see Cell
};

} // namespace otherend::render
