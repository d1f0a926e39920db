// SPDX-License-Identifier: MIT
// Small answers that are not endpoints, such as what doctor finds: rows of plain cells in every format.
#pragma once

#include "render/printer.hpp"

#include <string_view>

namespace otherend::render {

struct Records {
    std::string_view what;                      // the list's key in JSON, such as "features"
    std::vector<std::string_view> fields;       // JSON keys and CSV names; in capitals the table's headers
    std::vector<std::vector<std::string>> rows; // foreign bytes allowed; an empty cell is absent
};

// Of the options, columns and addresses do not apply.
void print_records(std::ostream& out, const Records& records, const Options& options, const Head& head);

} // namespace otherend::render
