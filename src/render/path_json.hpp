// SPDX-License-Identifier: MIT
#pragma once

#include "otherend/path.hpp"
#include "render/json.hpp"

#include <iosfwd>
#include <span>

namespace otherend::render {

Json to_json(const Path& path, bool addresses);

// One document, a path a line in it.
void print_path_document(std::ostream& out, std::span<const Path> paths, std::span<const Unseen> unseen,
                         const Head& head, bool addresses);

// A path a line and, if anything was unseen, a last line that says so.
void print_path_lines(std::ostream& out, std::span<const Path> paths, std::span<const Unseen> unseen,
                      bool addresses);

} // namespace otherend::render
