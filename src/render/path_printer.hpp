// SPDX-License-Identifier: MIT
// Paths in, an answer on a stream out.
#pragma once

#include "otherend/path.hpp"
#include "render/printer.hpp"

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace otherend::render {

enum class PathFormat : std::uint8_t { table, wide, json, jsonl, dot, mermaid };

struct PathOptions {
    PathFormat format = PathFormat::table;
    unsigned width = 0; // of the terminal, to cut the lines of a table; 0 cuts nothing, and wide never does
    bool addresses = false; // kernel addresses, a field of JSON
};

// Only JSON says what was unseen.
void print_paths(std::ostream& out, std::span<const Path> paths, std::span<const Unseen> unseen,
                 const PathOptions& options, const Head& head);

// A text as a quoted string of the DOT language (graphviz.org/doc/info/lang.html), and of a Mermaid label, which
// knows entity codes (mermaid.js.org/syntax/flowchart.html). The text is safe to print; a newline begins a new line.
std::string dot_string(std::string_view text);
std::string mermaid_string(std::string_view text);

} // namespace otherend::render
