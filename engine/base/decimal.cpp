#include "engine/base/decimal.hpp"

#include <fmt/format.h>

#include <limits>

namespace daybook {
namespace {

constexpr int places_max = 18;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

Error not_a_decimal(std::string_view text, int places) {
    return Error{
        ErrorCode::invalid,
        fmt::format(
            "\"{}\" is not a decimal number; write it like -12.{:0>{}}",
            text.substr(0, 40),
            5,
            places > 0 ? places : 1
        )};
}

}  // namespace

std::int64_t power_of_ten(int exponent) {
    DAYBOOK_ASSERT(exponent >= 0);
    DAYBOOK_ASSERT(exponent <= places_max);
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

Result<std::int64_t> parse_decimal(std::string_view text, int places) {
    DAYBOOK_ASSERT(places >= 0);
    DAYBOOK_ASSERT(places <= places_max);
    const bool negative = !text.empty() && text.front() == '-';
    std::size_t at = negative ? 1 : 0;
    // Built up negative, so that the smallest number can be read too.
    std::int64_t value = 0;
    const auto push = [&value](char digit) {
        return !__builtin_mul_overflow(value, std::int64_t{10}, &value) &&
               !__builtin_sub_overflow(value, std::int64_t{digit - '0'}, &value);
    };
    const auto too_large = [&] {
        return Error{
            ErrorCode::invalid, fmt::format("\"{}\" is too large a number", text.substr(0, 40))};
    };
    const std::size_t whole_begin = at;
    for (; at < text.size() && is_digit(text[at]); ++at) {
        if (!push(text[at])) return too_large();
    }
    if (at == whole_begin) return not_a_decimal(text, places);
    int decimals = 0;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction_begin = ++at;
        for (; at < text.size() && is_digit(text[at]); ++at) {
            if (decimals == places) {
                if (text[at] == '0') continue;
                return Error{
                    ErrorCode::invalid,
                    fmt::format("\"{}\" has more than {} decimals", text.substr(0, 40), places)};
            }
            if (!push(text[at])) return too_large();
            ++decimals;
        }
        if (at == fraction_begin) return not_a_decimal(text, places);
    }
    if (at != text.size()) return not_a_decimal(text, places);
    for (; decimals < places; ++decimals) {
        if (!push('0')) return too_large();
    }
    if (negative) return value;
    if (value == std::numeric_limits<std::int64_t>::min()) return too_large();
    return -value;
}

void append_decimal(std::string& out, std::int64_t value, int places) {
    DAYBOOK_ASSERT(places >= 0);
    DAYBOOK_ASSERT(places <= places_max);
    auto magnitude = static_cast<std::uint64_t>(value);
    if (value < 0) {
        out.push_back('-');
        magnitude = 0 - magnitude;
    }
    const auto unit = static_cast<std::uint64_t>(power_of_ten(places));
    fmt::format_to(std::back_inserter(out), "{}", magnitude / unit);
    if (places > 0) fmt::format_to(std::back_inserter(out), ".{:0{}}", magnitude % unit, places);
}

std::string format_decimal(std::int64_t value, int places) {
    std::string out;
    append_decimal(out, value, places);
    return out;
}

}  // namespace daybook
