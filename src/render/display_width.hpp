// SPDX-License-Identifier: MIT
// How many terminal columns a text takes: 2 for most East Asian characters, 0 for combining marks.
// The text must be printable UTF-8, as escape() leaves it.
#pragma once

#include <cstddef>
#include <string_view>

namespace otherend::render {

bool is_ascii(std::string_view text);
std::size_t display_width(std::string_view text);

// The longest beginning of `text` that takes at most `width` columns.
std::string_view cut_to_width(std::string_view text, std::size_t width);

} // namespace otherend::render
