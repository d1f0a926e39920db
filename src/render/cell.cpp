// SPDX-License-Identifier: MIT
#include "render/cell.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace otherend::render {

void Cell::clear() {
    text_.clear();
    numbers_ = false;
}

void Cell::add(std::uint64_t number) {
    append_number(add_text(), number);
    numbers_ = true;
}

std::string& Cell::add_text() {
    if (!text_.empty())
        text_ += end_of_value;
    return text_;
}

template <typename Use> void Cell::for_each_text(Use use) const {
    for (std::string_view rest = text_; !rest.empty();) {
        const std::string_view text = rest.substr(0, rest.find(end_of_value));
        if (!text.empty())
            use(text);
        rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    }
}

std::string_view Cell::joined(std::string_view separator) {
    if (text_.find(end_of_value) == std::string::npos)
        return text_;
    joined_.clear();
    for_each_text([&](std::string_view text) {
        if (!joined_.empty())
            joined_ += separator;
        joined_ += text;
    });
    return joined_;
}

std::span<const Value> Cell::values() {
    values_.clear();
    for_each_text([this](std::string_view text) {
        if (!numbers_) {
            values_.emplace_back(text);
            return;
        }
        std::uint64_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        values_.emplace_back(number);
    });
    return values_;
}

void append_number(std::string& out, std::uint64_t number) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
}

} // namespace otherend::render
