// SPDX-License-Identifier: MIT
// What a column says of a row: nothing (absent), one value, or several. Text is already safe to print.
//
// Kept as printed, in one string that is cleared and filled again for every row: a table only prints, and
// only a filter or a sort asks for the values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace otherend::render {

using Value = std::variant<std::uint64_t, std::string_view>;

class Cell {
  public:
    void clear();

    // One cell holds numbers or texts, never both. Empty text is no value.
    void add(std::uint64_t number);
    void add(std::string_view safe_text) { add_text() += safe_text; }
    std::string& add_text(); // for a text that is appended piece by piece until the next add

    // Both are valid until the next change.
    std::string_view joined(std::string_view separator);
    std::span<const Value> values();

  private:
    static constexpr char end_of_value = '\t'; // no safe text holds one

    template <typename Use> void for_each_text(Use use) const;

    std::string text_;
    std::string joined_;
    bool numbers_ = false;
    std::vector<Value> values_;
};

void append_number(std::string& out, std::uint64_t number);

} // namespace otherend::render
