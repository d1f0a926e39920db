// SPDX-License-Identifier: MIT
#include "render/json_printer.hpp"

#include "base/escape.hpp"
#include "render/json.hpp"

#include <ostream>

namespace otherend::render {

JsonPrinter::JsonPrinter(std::ostream& out, const Head& head, bool addresses)
    : out_(out), addresses_(addresses) {
    // The head's closing brace gives way to the list.
    const std::string text = to_json(head).dump();
    out_ << std::string_view(text).substr(0, text.size() - 1) << ",\"endpoints\":[";
}

void JsonPrinter::endpoint(const Endpoint& endpoint) {
    out_ << (first_ ? "\n" : ",\n") << to_json(endpoint, addresses_).dump();
    first_ = false;
}

void JsonPrinter::finish(std::span<const Unseen> unseen) {
    out_ << "\n],\"unseen\":" << to_json(unseen).dump() << "}\n";
}

void JsonLinesPrinter::endpoint(const Endpoint& endpoint) {
    out_ << to_json(endpoint, addresses_).dump() << '\n';
}

void JsonLinesPrinter::finish(std::span<const Unseen> unseen) {
    if (!unseen.empty())
        out_ << Json{{"unseen", to_json(unseen)}}.dump() << '\n';
}

} // namespace otherend::render
