// SPDX-License-Identifier: MIT
#include "render/path_printer.hpp"

#include "render/path_diagram.hpp"
#include "render/path_json.hpp"
#include "render/path_tree.hpp"

namespace otherend::render {

void print_paths(std::ostream& out, std::span<const Path> paths, std::span<const Unseen> unseen,
                 const PathOptions& options, const Head& head) {
    switch (options.format) {
    case PathFormat::table:
        return print_tree(out, paths, options.width);
    case PathFormat::wide:
        return print_tree(out, paths, 0);
    case PathFormat::json:
        return print_path_document(out, paths, unseen, head, options.addresses);
    case PathFormat::jsonl:
        return print_path_lines(out, paths, unseen, options.addresses);
    case PathFormat::dot:
        return print_dot(out, paths);
    case PathFormat::mermaid:
        return print_mermaid(out, paths);
    }
}

} // namespace otherend::render
