// SPDX-License-Identifier: MIT
// What depends on where and when the answer is printed.
#pragma once

#include "cli/request.hpp"

#include <string>

namespace otherend::cli {

// --color beats NO_COLOR (no-color.org) beats whether stdout is a terminal that can.
bool use_color(ColorChoice choice);

// Columns of the terminal stdout is; 0 if it is none.
unsigned terminal_width();

std::string now_rfc3339();

} // namespace otherend::cli
