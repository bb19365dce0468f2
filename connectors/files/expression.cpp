// Evaluating a mapping's expressions on one row.

#include "connectors/files/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "connectors/files/exact.hpp"
#include "engine/base/currency.hpp"
#include "engine/base/date.hpp"
#include "engine/base/id.hpp"

namespace daybook::files {
namespace {

constexpr std::string_view blanks = " \t\r\n\xC2\xA0";
constexpr std::string_view yes = "true";
constexpr std::size_t steps_max = 1'000'000;

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

std::string_view truth(bool holds) {
    return holds ? yes : std::string_view{};
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// So many characters of UTF-8 from the front, as bytes.
std::size_t bytes_of(std::string_view text, std::uint64_t characters) {
    std::size_t at = 0;
    for (; characters > 0 && at < text.size(); --characters) {
        ++at;
        while (at < text.size() && is_continuation(text[at])) ++at;
    }
    return at;
}

std::uint64_t small_number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// How many decimals a text asks for, within what a number can have.
int places_of(std::string_view text) {
    const auto most = static_cast<std::uint64_t>(Exact::places_max);
    return static_cast<int>(std::min(small_number(text), most));
}

// A blank, an apostrophe or a mark that stands before exactly three digits separates thousands.
bool is_separator(std::string_view text, std::size_t at) {
    const auto is_digit = [&](std::size_t i) {
        return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    constexpr std::string_view separators = " '.,\xA0";
    return separators.find(text[at]) != std::string_view::npos && is_digit(at + 1) &&
           is_digit(at + 2) && is_digit(at + 3) && !is_digit(at + 4);
}

// "1 234,50" with the mark ',' is "1234.50"; "(12.00)" and "12.00-" are negative, as accountants
// write them. What is not a number stays so.
std::string plain_number(std::string_view text, char mark) {
    std::string plain;
    text = trimmed(text);
    bool is_negative = false;
    if (text.starts_with('(') && text.ends_with(')')) {
        is_negative = true;
        text = text.substr(1, text.size() - 2);
    } else if (text.starts_with('-') || text.ends_with('-')) {
        is_negative = true;
        text = text.starts_with('-') ? text.substr(1) : text.substr(0, text.size() - 1);
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == mark) {
            plain += '.';
        } else if (text[at] == '\xC2' || is_separator(text, at)) {
            continue;  // 0xC2 begins the no-break space of UTF-8.
        } else {
            plain += text[at] == '.' ? '?' : text[at];
        }
    }
    return is_negative ? "-" + plain : plain;
}

// Reads so many digits at the front of text; none if there are others.
std::optional<int> take_digits(std::string_view& text, std::size_t least, std::size_t most) {
    std::size_t count = 0;
    int value = 0;
    while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9') {
        value = value * 10 + (text[count] - '0');
        ++count;
    }
    if (count < least) return std::nullopt;
    text.remove_prefix(count);
    return value;
}

// The day in `text` by a pattern like "DD/MM/YYYY"; "D" and "M" take one or two digits. A time may
// follow. "" if it does not fit.
std::string read_date(std::string_view text, std::string_view pattern) {
    int year = 0;
    int month = 0;
    int day = 0;
    while (!pattern.empty()) {
        const char letter = pattern.front();
        std::size_t length = pattern.find_first_not_of(letter);
        if (length == std::string_view::npos) length = pattern.size();
        if (letter == 'Y' || letter == 'M' || letter == 'D') {
            const auto value = take_digits(text, length, length == 1 ? 2 : length);
            if (!value) return {};
            (letter == 'Y' ? year : letter == 'M' ? month : day) = *value;
        } else {
            if (!text.starts_with(pattern.substr(0, length))) return {};
            text.remove_prefix(length);
        }
        pattern.remove_prefix(length);
    }
    if (!text.empty() && text.front() != ' ' && text.front() != 'T') return {};
    std::string iso = fmt::format("{:04}-{:02}-{:02}", year, month, day);
    return parse_date(iso) ? iso : std::string{};
}

}  // namespace

Evaluator::Evaluator(const Binding& binding)
    : binding_(binding), partners_(binding.joined.size()) {}

void Evaluator::set_row(std::span<const std::string_view> fields, std::size_t place) {
    place_ = place;
    fields_ = fields;
    steps_ = 0;
    std::ranges::fill(partners_, Partner{});
}

void Evaluator::clear() {
    problem_.reset();
    texts_.release();
}

std::string_view Evaluator::keep(std::string_view text) {
    if (text.empty()) return {};
    char* const to = static_cast<char*>(texts_.allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
}

std::string_view Evaluator::fail(std::string reason, std::string remedy) {
    if (!problem_) problem_ = Problem{std::move(reason), std::move(remedy)};
    return {};
}

std::optional<std::size_t> Evaluator::partner(std::size_t source) {
    Partner& known = partners_[source];
    if (known.is_known) return known.row;
    known.is_known = true;
    const JoinedRows& joined = binding_.joined[source];
    const auto found = joined.by_key.find(evaluate(joined.value));
    if (found != joined.by_key.end()) known.row = found->second;
    return known.row;
}

std::string_view Evaluator::column(ExpressionIndex index, const Expression& expression) {
    const std::size_t place = binding_.columns[index];
    if (!expression.is_joined) return place < fields_.size() ? fields_[place] : std::string_view{};
    const RowTable& rows = *binding_.joined[expression.source].rows;
    const auto row = partner(expression.source);
    return row && place < rows.field_count(*row) ? rows.field(*row, place) : std::string_view{};
}

std::string_view Evaluator::argument(const Expression& expression, std::size_t at) {
    if (at >= expression.arguments.size()) return {};
    return evaluate(expression.arguments[at]);
}

std::string_view Evaluator::evaluate(ExpressionIndex index) {
    const Expression& expression = binding_.expressions[index];
    if (++steps_ > steps_max) {
        return fail("the mapping computes too long on one row", "shorten its lets");
    }
    switch (expression.operation) {
        case Operation::literal: return expression.text;
        case Operation::column: return column(index, expression);
        case Operation::lookup: return looked_up(expression);
        case Operation::trim:
        case Operation::upper:
        case Operation::lower:
        case Operation::slice:
        case Operation::before:
        case Operation::after:
        case Operation::replace: return text_function(expression);
        case Operation::join:
        case Operation::id:
        case Operation::hash: return joined(expression);
        case Operation::number:
        case Operation::negate:
        case Operation::absolute:
        case Operation::add:
        case Operation::subtract:
        case Operation::multiply:
        case Operation::divide:
        case Operation::round: return number_function(expression);
        case Operation::money:
        case Operation::price:
        case Operation::quantity:
        case Operation::percent:
        case Operation::date: return typed_function(expression);
        case Operation::row: return keep(std::to_string(place_));
        default: return condition(expression);
    }
}

std::string_view Evaluator::text_function(const Expression& expression) {
    const std::string_view text = argument(expression, 0);
    const std::string_view second = argument(expression, 1);
    switch (expression.operation) {
        case Operation::trim: return trimmed(text);
        case Operation::slice: {
            const std::string_view rest = text.substr(bytes_of(text, small_number(second)));
            return rest.substr(0, bytes_of(rest, small_number(argument(expression, 2))));
        }
        case Operation::before: {
            const std::size_t at = text.find(second);
            return text.substr(0, at);
        }
        case Operation::after: {
            const std::size_t at = text.find(second);
            return at == std::string_view::npos ? std::string_view{}
                                                : text.substr(at + second.size());
        }
        case Operation::replace: {
            const std::string_view by = argument(expression, 2);
            std::string changed;
            std::size_t at = 0;
            for (std::size_t hit = 0; !second.empty(); at = hit + second.size()) {
                hit = text.find(second, at);
                if (hit == std::string_view::npos) break;
                changed += text.substr(at, hit - at);
                changed += by;
            }
            changed += text.substr(at);
            return keep(changed);
        }
        default: break;
    }
    std::string changed{text};
    const bool is_upper = expression.operation == Operation::upper;
    for (char& c : changed) {
        if (is_upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (!is_upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return keep(changed);
}

// join, and the two that make an id of the joined text.
std::string_view Evaluator::joined(const Expression& expression) {
    std::string whole;
    for (const ExpressionIndex part : expression.arguments) whole += evaluate(part);
    if (expression.operation == Operation::join || whole.empty()) return keep(whole);
    const bool is_code = expression.operation == Operation::id;
    if (is_code && whole.size() <= id_code_bytes_max && parse_id(whole)) return keep(whole);
    return keep(to_string(id_from_text(whole)));
}

std::string_view Evaluator::looked_up(const Expression& expression) {
    const LookupTable& table = binding_.tables[expression.source];
    const std::string_view text = argument(expression, 0);
    const auto found = table.entries.find(text);
    if (found != table.entries.end()) return found->second;
    if (expression.arguments.size() > 1) return argument(expression, 1);
    if (text.empty()) return {};
    return fail(
        fmt::format("\"{}\" is not in the table {}", text, table.name),
        fmt::format("add the line \"{}\" = \"...\" to table {} of the mapping", text, table.name)
    );
}

std::string_view Evaluator::number_function(const Expression& expression) {
    const std::string_view text = argument(expression, 0);
    if (text.empty()) return {};
    const std::string_view second = argument(expression, 1);
    std::optional<Exact> value;
    if (expression.operation == Operation::number) {
        value = Exact::parse(plain_number(text, second.empty() ? '.' : second.front()));
    } else {
        value = Exact::parse(text);
    }
    if (!value) {
        return fail(
            fmt::format("\"{}\" is not a number", text.substr(0, 40)), "correct it in the file"
        );
    }
    const auto other = Exact::parse(second);
    const bool needs_other =
        expression.operation == Operation::add || expression.operation == Operation::subtract ||
        expression.operation == Operation::multiply || expression.operation == Operation::divide;
    if (needs_other && !other) {
        return fail(
            fmt::format("\"{}\" is not a number", second.substr(0, 40)), "correct it in the file"
        );
    }
    switch (expression.operation) {
        case Operation::negate: value = value->negated(); break;
        case Operation::absolute:
            if (value->is_negative()) value = value->negated();
            break;
        case Operation::add: value = value->plus(*other); break;
        case Operation::subtract: value = value->plus(other->negated()); break;
        case Operation::multiply: value = value->times(*other); break;
        case Operation::divide:
            value = value->divided_by(*other, places_of(argument(expression, 2)));
            break;
        case Operation::round: value = value->rounded(places_of(second)); break;
        default: break;
    }
    if (expression.operation == Operation::divide && other->compare({}) == 0) {
        return fail("it would be divided by zero", "correct it in the file");
    }
    if (!value) return fail("the numbers are too large to compute", "correct them in the file");
    return keep(value->text());
}

std::string_view Evaluator::typed_function(const Expression& expression) {
    const std::string_view text = argument(expression, 0);
    if (text.empty()) return {};
    if (expression.operation == Operation::date) {
        const std::string_view pattern =
            expression.arguments.size() > 1 ? argument(expression, 1) : "YYYY-MM-DD";
        const std::string date = read_date(text, pattern);
        if (!date.empty()) return keep(date);
        return fail(
            fmt::format("\"{}\" is not a day written {}", text.substr(0, 40), pattern),
            "correct it in the file, or the pattern in the mapping"
        );
    }
    const auto value = Exact::parse(text);
    if (!value) {
        return fail(
            fmt::format("\"{}\" is not a number", text.substr(0, 40)), "correct it in the file"
        );
    }
    if (expression.operation == Operation::quantity) return keep(value->text());
    if (expression.operation == Operation::percent) {
        return keep(value->times(*Exact::parse("100")).value_or(*value).text() + "%");
    }
    const std::string_view code = argument(expression, 1);
    const auto currency = currency_from_code(code);
    if (!currency) {
        return fail(
            fmt::format("\"{}\" is not a currency", code.substr(0, 40)),
            "use a code of ISO 4217, such as EUR"
        );
    }
    return keep(fmt::format("{} {}", code, value->text(exponent_of(*currency))));
}

std::string_view Evaluator::condition(const Expression& expression) {
    const std::string_view text = argument(expression, 0);
    switch (expression.operation) {
        case Operation::first: {
            for (std::size_t at = 0; at < expression.arguments.size(); ++at) {
                const std::string_view found = argument(expression, at);
                if (!trimmed(found).empty()) return found;
            }
            return {};
        }
        case Operation::choose: return argument(expression, text == yes ? 1 : 2);
        case Operation::empty: return truth(trimmed(text).empty());
        case Operation::missing: return truth(!partner(expression.source));
        case Operation::negation: return truth(text != yes);
        case Operation::all: return truth(text == yes && argument(expression, 1) == yes);
        case Operation::any: return truth(text == yes || argument(expression, 1) == yes);
        default: break;
    }
    const std::string_view second = argument(expression, 1);
    switch (expression.operation) {
        case Operation::starts: return truth(text.starts_with(second));
        case Operation::contains: return truth(text.find(second) != std::string_view::npos);
        case Operation::equal: return truth(text == second);
        case Operation::differs: return truth(text != second);
        default: break;
    }
    if (text.empty() || second.empty()) return {};  // Nothing is below or above nothing.
    const auto one = Exact::parse(text);
    const auto two = Exact::parse(second);
    if (!one || !two) {
        return fail(
            fmt::format("\"{}\" is not a number", (one ? second : text).substr(0, 40)),
            "correct it in the file"
        );
    }
    const int order = one->compare(*two);
    switch (expression.operation) {
        case Operation::below: return truth(order < 0);
        case Operation::above: return truth(order > 0);
        case Operation::at_most: return truth(order <= 0);
        default: return truth(order >= 0);
    }
}

}  // namespace daybook::files
