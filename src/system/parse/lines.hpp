// SPDX-License-Identifier: MIT
// Text taken apart from the front, as the files of /proc need it.
#pragma once

#include <string_view>

namespace otherend::system {

// Removes from `text` everything up to and including the first `separator`, and returns what was before it. Without
// one, everything goes.
inline std::string_view take_until(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const auto head = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return head;
}

inline std::string_view without_leading_spaces(std::string_view text) {
    const auto start = text.find_first_not_of(' ');
    return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

} // namespace otherend::system
