// SPDX-License-Identifier: MIT
// --filter: "state == connected and (comm ~ ^nginx or not pid < 1000)". Knows names and kinds of columns and
// asks for their values, whoever has them.
//
//     COLUMN OP VALUE    == != < <= > >=, and ~ !~ for an ECMAScript regular expression found anywhere
//     and && or || not ! ( )   with "not" binding tightest, then "and"
//
// A value ends at a space or an unmatched ')', at "&&" or "||", unless it stands in single or double quotes,
// within which nothing is special but the closing one.
#pragma once

#include "otherend/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace otherend::query {

struct FilterColumn {
    std::string_view name;
    bool is_number = false;
};

using FilterValue = std::variant<std::uint64_t, std::string_view>;

// The values of a column, by its index among the known columns: none if absent, or several.
using FilterLookup = std::function<std::span<const FilterValue>(std::size_t column)>;

// Whether what the lookup shows passes. A comparison holds if any of the column's values satisfies it; != and
// !~ are the negations of == and ~: they hold if no value does, and so also if there is none.
using Filter = std::function<bool(const FilterLookup&)>;

Result<Filter> parse_filter(std::string_view expression, std::span<const FilterColumn> known);

// The known name a mistyped one is likely to mean.
std::optional<std::string_view> nearest_name(std::string_view typed, std::span<const std::string_view> known);

} // namespace otherend::query
