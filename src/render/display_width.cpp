// SPDX-License-Identifier: MIT
#include "render/display_width.hpp"

#include "base/escape.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <cwchar>
#include <locale.h>

namespace otherend::render {
namespace {

// wcwidth() knows only ASCII in the C locale, in which a program starts and which sudo often leaves; so the
// table of C.UTF-8 is asked whatever the locale. Where it is missing every character counts as one column.
std::size_t width_of(char32_t character) {
    if (character < 0x80)
        return 1;
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
    const locale_t before = uselocale(utf8);
    const int width = wcwidth(static_cast<wchar_t>(character));
    uselocale(before);
    return width < 0 ? 1 : static_cast<std::size_t>(width);
}

// The next character of `text`; a byte that is not UTF-8 counts as one.
CodePoint next_character(std::string_view text) {
    const CodePoint next = first_code_point(text);
    return next.size == 0 ? CodePoint{U'?', 1} : next;
}

} // namespace

bool is_ascii(std::string_view text) {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::uint64_t seen = 0;
    for (; text.size() >= sizeof(seen); text.remove_prefix(sizeof(seen))) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof(word));
        seen |= word;
    }
    for (const char c : text)
        seen |= static_cast<unsigned char>(c);
    return (seen & high_bits) == 0;
}

std::size_t display_width(std::string_view text) {
    if (is_ascii(text))
        return text.size();
    std::size_t width = 0;
    while (!text.empty()) {
        const CodePoint next = next_character(text);
        width += width_of(next.value);
        text.remove_prefix(next.size);
    }
    return width;
}

std::string_view cut_to_width(std::string_view text, std::size_t width) {
    std::size_t used = 0;
    std::size_t taken = 0;
    while (taken < text.size()) {
        const CodePoint next = next_character(text.substr(taken));
        const std::size_t more = width_of(next.value);
        if (used + more > width)
            break;
        used += more;
        taken += next.size;
    }
    return text.substr(0, taken);
}

} // namespace otherend::render
