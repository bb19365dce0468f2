#include "engine/base/money.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace daybook {
namespace {

constexpr std::int64_t micro = 1'000'000;

Error too_large_amount(std::string_view what) {
    return Error{ErrorCode::invalid, fmt::format("{} is too large for 64-bit minor units", what)};
}

// Drops zeros at the end of the decimals, but keeps `keep` of them: ("2.550000", 2) is "2.55".
std::string trim_zeros(std::string text, int keep) {
    const std::size_t point = text.find('.');
    if (point == std::string::npos) return text;
    const std::size_t shortest = keep == 0 ? point : point + 1 + static_cast<std::size_t>(keep);
    while (text.size() > shortest && (text.back() == '0' || text.back() == '.')) text.pop_back();
    return text;
}

struct Denominated {
    Currency currency;
    std::string_view number;
};

Result<Denominated> split_currency(std::string_view text) {
    const auto malformed = [text] {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "\"{}\" is not an amount; write the currency and the number: EUR 12.50",
                text.substr(0, 40)
            )};
    };
    if (text.size() < 5 || text[3] != ' ') return malformed();
    const auto currency = currency_from_code(text.substr(0, 3));
    if (!currency) {
        return Error{
            ErrorCode::invalid,
            fmt::format("\"{}\" is not a currency code of ISO 4217", text.substr(0, 3))};
    }
    return Denominated{*currency, text.substr(4)};
}

}  // namespace

Money Money::share(Quantity part, Quantity whole, Rounding rounding) const {
    DAYBOOK_ASSERT(whole.milli() > 0);
    const Wide product = static_cast<Wide>(minor_) * part.milli();
    return from_minor(narrow(divide(product, whole.milli(), rounding)), currency_);
}

Money Money::times(Rate rate, Rounding rounding) const {
    const Wide product = static_cast<Wide>(minor_) * rate.ppm();
    return from_minor(narrow(divide(product, Rate::one_ppm, rounding)), currency_);
}

Result<Money> extend(UnitPrice price, Quantity quantity, Rate discount, Rounding rounding) {
    // micro x milli x ppm needs at most 63 + 63 + 20 bits, so the first product is checked.
    const Wide gross = static_cast<Wide>(price.micro()) * quantity.milli();
    Wide net = 0;
    if (__builtin_mul_overflow(gross, static_cast<Wide>(Rate::one_ppm - discount.ppm()), &net)) {
        return too_large_amount("price times quantity");
    }
    // 10^6 (micro) x 10^3 (milli) x 10^6 (ppm), less the decimals that the minor unit keeps.
    const Wide unit = static_cast<Wide>(power_of_ten(15 - exponent_of(price.currency())));
    const Wide minor = divide(net, unit, rounding);
    if (!fits_64(minor)) return too_large_amount("price times quantity");
    return Money::from_minor(static_cast<std::int64_t>(minor), price.currency());
}

Result<Money> convert(Money amount, ExchangeRate rate, Currency to, Rounding rounding) {
    Wide scaled = static_cast<Wide>(amount.minor()) * rate.micro();
    const int shift = exponent_of(to) - exponent_of(amount.currency());
    if (shift > 0 &&
        __builtin_mul_overflow(scaled, static_cast<Wide>(power_of_ten(shift)), &scaled)) {
        return too_large_amount("the converted amount");
    }
    const Wide unit = static_cast<Wide>(micro) * (shift < 0 ? power_of_ten(-shift) : 1);
    const Wide minor = divide(scaled, unit, rounding);
    if (!fits_64(minor)) return too_large_amount("the converted amount");
    return Money::from_minor(static_cast<std::int64_t>(minor), to);
}

std::vector<Money> allocate(Money amount, std::span<const std::int64_t> weights) {
    Wide total = 0;
    for (const std::int64_t weight : weights) {
        DAYBOOK_ASSERT(weight >= 0);
        total += weight;
    }
    DAYBOOK_ASSERT(total > 0);
    std::vector<Money> parts;
    std::vector<Wide> remainders;
    parts.reserve(weights.size());
    remainders.reserve(weights.size());
    Wide left = amount.minor();
    for (const std::int64_t weight : weights) {
        const Wide product = static_cast<Wide>(amount.minor()) * weight;
        const Wide part = divide(product, total, Rounding::down);
        parts.push_back(Money::from_minor(narrow(part), amount.currency()));
        const Wide remainder = product - part * total;
        remainders.push_back(remainder < 0 ? -remainder : remainder);
        left -= part;
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return remainders[a] > remainders[b];
    });
    const Money unit = Money::from_minor(left < 0 ? -1 : 1, amount.currency());
    for (const std::size_t i : order) {
        if (left == 0) break;
        parts[i] += unit;
        left -= unit.minor();
    }
    DAYBOOK_ASSERT(left == 0);
    return parts;
}

Result<Money> parse_money(std::string_view text) {
    DAYBOOK_TRY(const Denominated amount, split_currency(text));
    DAYBOOK_TRY(
        const std::int64_t minor, parse_decimal(amount.number, exponent_of(amount.currency))
    );
    return Money::from_minor(minor, amount.currency);
}

std::string to_string(Money money) {
    const std::string number = format_decimal(money.minor(), exponent_of(money.currency()));
    if (money.currency() == Currency::none) return number;
    return fmt::format("{} {}", code_of(money.currency()), number);
}

Result<UnitPrice> parse_unit_price(std::string_view text) {
    DAYBOOK_TRY(const Denominated price, split_currency(text));
    DAYBOOK_TRY(const std::int64_t value, parse_decimal(price.number, 6));
    return UnitPrice::from_micro(value, price.currency);
}

std::string to_string(UnitPrice price) {
    const std::string number =
        trim_zeros(format_decimal(price.micro(), 6), exponent_of(price.currency()));
    if (price.currency() == Currency::none) return number;
    return fmt::format("{} {}", code_of(price.currency()), number);
}

Result<ExchangeRate> parse_exchange_rate(std::string_view text) {
    DAYBOOK_TRY(const std::int64_t value, parse_decimal(text, 6));
    return ExchangeRate::from_micro(value);
}

std::string to_string(ExchangeRate rate) {
    return trim_zeros(format_decimal(rate.micro(), 6), 1);
}

Result<Quantity> parse_quantity(std::string_view text) {
    DAYBOOK_TRY(const std::int64_t milli, parse_decimal(text, 3));
    return Quantity::from_milli(milli);
}

std::string to_string(Quantity quantity) {
    return format_decimal(quantity.milli(), 3);
}

Result<Rate> parse_rate(std::string_view text) {
    if (!text.empty() && text.back() == '%') {
        DAYBOOK_TRY(const std::int64_t ppm, parse_decimal(text.substr(0, text.size() - 1), 4));
        return Rate::from_ppm(ppm);
    }
    DAYBOOK_TRY(const std::int64_t ppm, parse_decimal(text, 6));
    return Rate::from_ppm(ppm);
}

std::string to_string(Rate rate) {
    return trim_zeros(format_decimal(rate.ppm(), 4), 0) + "%";
}

}  // namespace daybook
