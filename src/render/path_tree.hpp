// SPDX-License-Identifier: MIT
#pragma once

#include "otherend/path.hpp"

#include <iosfwd>
#include <span>

namespace otherend::render {

// A line for each process, and between two of them one for their channel; branches below what they branch from.
void print_tree(std::ostream& out, std::span<const Path> paths, unsigned width);

} // namespace otherend::render
