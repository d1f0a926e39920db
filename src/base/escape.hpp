// SPDX-License-Identifier: MIT
// Bytes chosen by others (comm, socket names, paths) made safe for a terminal and for UTF-8 text, and back.
//
// Printable UTF-8 passes. Everything else, and the backslash, becomes one of \\ \n \t \0 \xNN (a byte) \uNNNN
// \UNNNNNNNN (a code point), so that different bytes never look the same.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace otherend {

void append_escaped(std::string& out, std::string_view bytes);
std::string escape(std::string_view bytes);

// The inverse of escape(). Bytes that escape() would write otherwise may stand for themselves. Absent if a
// backslash does not begin one of the sequences above.
std::optional<std::string> unescape(std::string_view text);

// Whether escape() would change nothing.
bool is_plain_utf8(std::string_view bytes);

// A UNIX socket's name: an abstract one (leading NUL) as "@rest", a path as it is. A path that really begins
// with '@' begins with "\x40" instead. The inverse takes the name of a target without its "unix:" prefix.
void append_socket_name(std::string& out, std::string_view bytes);
std::string socket_name_text(std::string_view bytes);
std::optional<std::string> socket_name_bytes(std::string_view text);

// RFC 4648 section 4, padded: the exact twin of a text that had to be escaped.
std::string base64(std::string_view bytes);

struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0; // bytes it takes; 0 where the text does not begin with valid UTF-8
};

CodePoint first_code_point(std::string_view text);

} // namespace otherend
