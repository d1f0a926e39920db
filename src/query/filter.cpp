// SPDX-License-Identifier: MIT
// A recursive-descent parser whose every step returns the function that decides: there is no tree to keep.
#include "query/filter.hpp"

#include "base/escape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <fmt/format.h>
#include <iterator>
#include <numeric>
#include <regex>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace otherend::query {
namespace {

using Order = std::strong_ordering;

struct Operator {
    std::string_view text;
    bool (*holds)(Order value_to_wanted); // null: a regular expression decides
    bool negated = false;
};

// Longer ones before those they begin with.
constexpr std::array<Operator, 8> operators = {{
    {"==", [](Order order) { return order == 0; }},
    {"!=", [](Order order) { return order == 0; }, true},
    {"~", nullptr},
    {"!~", nullptr, true},
    {"<=", [](Order order) { return order <= 0; }},
    {"<", [](Order order) { return order < 0; }},
    {">=", [](Order order) { return order >= 0; }},
    {">", [](Order order) { return order > 0; }},
}};

constexpr int deepest_nesting = 100; // of parentheses and "not", so that no input overflows the stack

using Test = std::function<bool(const FilterValue&)>;

Filter any_value(std::size_t column, const Operator& op, Test test) {
    return [column, negated = op.negated, test = std::move(test)](const FilterLookup& lookup) {
        return std::ranges::any_of(lookup(column), test) != negated;
    };
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    const bool is_hex = text.starts_with("0x");
    if (is_hex)
        text.remove_prefix(2);
    std::uint64_t number = 0;
    const auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, is_hex ? 16 : 10);
    if (error != std::errc{} || stop != text.data() + text.size())
        return std::nullopt;
    return number;
}

template <typename Wanted> Test order_test(const Operator& op, Wanted wanted) {
    using Held = std::conditional_t<std::is_integral_v<Wanted>, std::uint64_t, std::string_view>;
    return [holds = op.holds, wanted = std::move(wanted)](const FilterValue& value) {
        const auto* held = std::get_if<Held>(&value);
        return held && holds(*held <=> wanted);
    };
}

Test regex_test(std::regex regex) {
    return [regex = std::move(regex)](const FilterValue& value) {
        if (const auto* number = std::get_if<std::uint64_t>(&value))
            return std::regex_search(std::to_string(*number), regex);
        const auto text = std::get<std::string_view>(value);
        return std::regex_search(text.begin(), text.end(), regex);
    };
}

class Parser {
  public:
    Parser(std::string_view expression, std::span<const FilterColumn> known)
        : text_(expression), known_(known) {}

    Result<Filter> whole() {
        auto filter = alternatives();
        skip_space();
        if (filter && at_ < text_.size())
            return failure(at_, "expected 'and', 'or' or the end");
        return filter;
    }

  private:
    Result<Filter> alternatives() { return sequence(&Parser::conjunction, "or", "||", true); }
    Result<Filter> conjunction() { return sequence(&Parser::term, "and", "&&", false); }

    // Of operands joined by a word or its symbol, the first that yields `decisive` decides.
    Result<Filter> sequence(Result<Filter> (Parser::*operand)(), std::string_view word,
                            std::string_view symbol, bool decisive) {
        std::vector<Filter> operands;
        do {
            auto next = (this->*operand)();
            if (!next)
                return next;
            operands.push_back(std::move(*next));
        } while (take_word(word) || take(symbol));
        if (operands.size() == 1)
            return std::move(operands.front());
        return [operands = std::move(operands), decisive](const FilterLookup& lookup) {
            const auto decides = [&](const Filter& one) { return one(lookup) == decisive; };
            return std::ranges::any_of(operands, decides) == decisive;
        };
    }

    Result<Filter> term() {
        if (++depth_ > deepest_nesting)
            return failure(at_, fmt::format("nested deeper than {}", deepest_nesting));
        auto filter = take_word("not") || take("!") ? negation() : take("(") ? group() : comparison();
        --depth_;
        return filter;
    }

    Result<Filter> negation() {
        auto inner = term();
        if (!inner)
            return inner;
        return [a = std::move(*inner)](const FilterLookup& lookup) { return !a(lookup); };
    }

    Result<Filter> group() {
        const std::size_t opened = at_ - 1;
        auto inner = alternatives();
        if (inner && !take(")"))
            return failure(at_, fmt::format("expected ')' for the '(' at {}", opened + 1));
        return inner;
    }

    Result<Filter> comparison() {
        const auto index = column();
        if (!index)
            return std::unexpected(index.error());
        skip_space();
        const auto* op =
            std::ranges::find_if(operators, [this](const Operator& known) { return take(known.text); });
        if (op == operators.end())
            return failure(at_, "expected one of == != ~ !~ < <= > >=");
        skip_space();
        const std::size_t begin = at_;
        const auto wanted = value();
        if (!wanted)
            return std::unexpected(wanted.error());
        return compare(*index, *op, *wanted, begin);
    }

    Result<Filter> compare(std::size_t column, const Operator& op, const std::string& wanted,
                           std::size_t begin) const {
        if (!op.holds)
            return compare_regex(column, op, wanted, begin);
        if (!known_[column].is_number)
            return any_value(column, op, order_test(op, wanted));
        if (const auto number = parse_number(wanted))
            return any_value(column, op, order_test(op, *number));
        return failure(begin,
                       fmt::format("{} takes a number, not '{}'", known_[column].name, escape(wanted)));
    }

    static Result<Filter> compare_regex(std::size_t column, const Operator& op, const std::string& wanted,
                                        std::size_t begin) {
        try {
            return any_value(column, op, regex_test(std::regex(wanted)));
        } catch (const std::regex_error& error) {
            return failure(begin,
                           fmt::format("bad regular expression '{}': {}", escape(wanted), error.what()));
        }
    }

    Result<std::size_t> column() {
        const std::string_view name = word();
        if (name.empty())
            return failure(at_, "expected a column");
        const auto found = std::ranges::find(known_, name, &FilterColumn::name);
        if (found == known_.end())
            return failure(at_, unknown_column(name));
        at_ += name.size();
        return static_cast<std::size_t>(found - known_.begin());
    }

    std::string unknown_column(std::string_view name) const {
        std::vector<std::string_view> names;
        std::ranges::transform(known_, std::back_inserter(names), &FilterColumn::name);
        const auto nearest = nearest_name(name, names);
        return fmt::format("unknown column '{}'", name) +
               (nearest ? fmt::format(", did you mean '{}'?", *nearest) : "");
    }

    Result<std::string> value() {
        skip_space();
        const std::string_view quotes = "\"'";
        return !rest().empty() && quotes.contains(rest().front()) ? quoted_value() : bare_value();
    }

    Result<std::string> quoted_value() {
        const std::size_t begin = at_ + 1;
        const std::size_t end = text_.find(text_[at_], begin);
        if (end == std::string_view::npos)
            return failure(at_, "quote without its end");
        at_ = end + 1;
        return std::string(text_.substr(begin, end - begin));
    }

    Result<std::string> bare_value() {
        const std::size_t begin = at_;
        int open = 0;
        for (; at_ < text_.size() && !is_space(text_[at_]); ++at_) {
            open += text_[at_] == '(' ? 1 : text_[at_] == ')' ? -1 : 0;
            if (open < 0 || rest().starts_with("&&") || rest().starts_with("||"))
                break;
        }
        if (at_ == begin)
            return failure(begin, "expected a value");
        return std::string(text_.substr(begin, at_ - begin));
    }

    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

    std::string_view rest() const { return text_.substr(at_); }

    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
    }

    // The name at this place, not yet taken.
    std::string_view word() {
        skip_space();
        const auto end =
            rest().find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        return rest().substr(0, end);
    }

    bool take_word(std::string_view wanted) {
        const bool found = word() == wanted;
        at_ += found ? wanted.size() : 0;
        return found;
    }

    bool take(std::string_view symbol) {
        skip_space();
        const bool found = rest().starts_with(symbol);
        at_ += found ? symbol.size() : 0;
        return found;
    }

    static std::unexpected<Error> failure(std::size_t at, std::string_view what) {
        return std::unexpected(
            Error{ErrorClass::usage, fmt::format("bad filter at character {}: {}", at + 1, what)});
    }

    std::string_view text_;
    std::span<const FilterColumn> known_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

// Levenshtein's: how many letters to insert, delete or change.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

} // namespace

Result<Filter> parse_filter(std::string_view expression, std::span<const FilterColumn> known) {
    return Parser(expression, known).whole();
}

std::optional<std::string_view> nearest_name(std::string_view typed,
                                             std::span<const std::string_view> known) {
    constexpr std::size_t most_typos = 2;
    const auto distance = [typed](std::string_view name) { return edit_distance(typed, name); };
    const auto nearest = std::ranges::min_element(known, {}, distance);
    if (nearest == known.end() || distance(*nearest) > std::min(most_typos, typed.size() / 2))
        return std::nullopt;
    return *nearest;
}

} // namespace otherend::query
