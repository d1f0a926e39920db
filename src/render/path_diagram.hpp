// SPDX-License-Identifier: MIT
#pragma once

#include "otherend/path.hpp"

#include <iosfwd>
#include <span>

namespace otherend::render {

// Processes as nodes, channels as edges. A dashed edge: the process at its tail is not known to relay into it.
void print_dot(std::ostream& out, std::span<const Path> paths);
void print_mermaid(std::ostream& out, std::span<const Path> paths);

} // namespace otherend::render
