// SPDX-License-Identifier: MIT
// How the result is told: as a Markdown table, as lines for a terminal, as JSON.
#pragma once

#include "verdict.hpp"

#include <string>
#include <vector>

namespace otherend::bench {

std::string markdown_of(const std::vector<Row>& rows);

// One line for each budget; the first word is "met" or "missed".
std::string verdicts_of(const std::vector<Row>& rows);

std::string json_of(const std::vector<Row>& rows, const std::vector<Measurement>& measurements,
                    const std::vector<std::string>& notes);

// `document` with what stands between <!-- bench:begin --> and <!-- bench:end --> replaced by `section`.
Result<std::string> with_section(const std::string& document, const std::string& section);

} // namespace otherend::bench
