// A decimal number without any rounding, for control totals.

#include "connectors/files/exact.hpp"

#include <algorithm>
#include <cstdlib>

namespace daybook::files {
namespace {

constexpr std::size_t digits_max = 18;

Wide power_of(int exponent) {
    Wide power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

}  // namespace

std::optional<Exact> Exact::parse(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    Wide mantissa = 0;
    int places = 0;
    std::size_t digits = 0;
    bool is_fraction = false;
    for (const char c : text) {
        if (c == '.' && !is_fraction) {
            is_fraction = true;
            continue;
        }
        if (c < '0' || c > '9' || ++digits > digits_max) return std::nullopt;
        mantissa = mantissa * 10 + (c - '0');
        if (is_fraction) ++places;
    }
    if (digits == 0 || text.back() == '.') return std::nullopt;
    return Exact{negative ? -mantissa : mantissa, places};
}

std::optional<Wide> Exact::mantissa_at(int places) const {
    Wide scaled = 0;
    if (__builtin_mul_overflow(mantissa_, power_of(places - places_), &scaled)) return std::nullopt;
    return scaled;
}

std::optional<Exact> Exact::plus(Exact other) const {
    const int places = std::max(places_, other.places_);
    const auto one = mantissa_at(places);
    const auto two = other.mantissa_at(places);
    Wide sum = 0;
    if (!one || !two || __builtin_add_overflow(*one, *two, &sum)) return std::nullopt;
    return Exact{sum, places};
}

std::optional<Exact> Exact::times(Exact other) const {
    Wide product = 0;
    if (places_ + other.places_ > places_max) return std::nullopt;
    if (__builtin_mul_overflow(mantissa_, other.mantissa_, &product)) return std::nullopt;
    return Exact{product, places_ + other.places_};
}

std::optional<Exact> Exact::divided_by(Exact other, int places) const {
    DAYBOOK_ASSERT(places >= 0 && places <= places_max);
    if (other.mantissa_ == 0) return std::nullopt;
    const int shift = places + other.places_ - places_;
    Wide numerator = other.mantissa_ < 0 ? -mantissa_ : mantissa_;
    Wide denominator = other.mantissa_ < 0 ? -other.mantissa_ : other.mantissa_;
    Wide& scaled = shift < 0 ? denominator : numerator;
    if (__builtin_mul_overflow(scaled, power_of(std::abs(shift)), &scaled)) return std::nullopt;
    return Exact{divide(numerator, denominator, Rounding::half_even), places};
}

Exact Exact::negated() const {
    return {-mantissa_, places_};
}

Exact Exact::rounded(int places) const {
    DAYBOOK_ASSERT(places >= 0);
    if (places_ <= places) return *this;
    return {divide(mantissa_, power_of(places_ - places), Rounding::half_even), places};
}

int Exact::compare(Exact other) const {
    const auto difference = plus(other.negated());
    // Too far apart to subtract: the one with the longer whole part decides.
    if (!difference)
        return places_ < other.places_ ? (mantissa_ < 0 ? -1 : 1) : (other.mantissa_ < 0 ? 1 : -1);
    return difference->mantissa_ < 0 ? -1 : difference->mantissa_ > 0 ? 1 : 0;
}

std::string Exact::text(int places_min) const {
    Wide rest = mantissa_ < 0 ? -mantissa_ : mantissa_;
    int places = places_;
    for (; places > places_min && rest % 10 == 0; --places) rest /= 10;
    for (; places < places_min; ++places) rest *= 10;
    std::string digits;
    for (; rest > 0 || digits.size() <= static_cast<std::size_t>(places); rest /= 10) {
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    }
    std::reverse(digits.begin(), digits.end());
    if (places > 0) digits.insert(digits.size() - static_cast<std::size_t>(places), 1, '.');
    return (mantissa_ < 0 ? "-" : "") + digits;
}

}  // namespace daybook::files
