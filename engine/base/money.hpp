// Money: an integer of minor units and its currency. Unit prices and exchange rates carry six
// decimals. They meet only through the named functions here, each of which says how it rounds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/currency.hpp"
#include "engine/base/quantity.hpp"
#include "engine/base/rate.hpp"
#include "engine/base/result.hpp"
#include "engine/base/wide.hpp"

namespace daybook {

class Money {
 public:
    constexpr Money() = default;  // Zero of no currency: it takes the first one added to it.
    [[nodiscard]] static constexpr Money from_minor(std::int64_t minor, Currency currency) {
        Money money;
        money.minor_ = minor;
        money.currency_ = currency;
        return money;
    }

    [[nodiscard]] constexpr std::int64_t minor() const { return minor_; }
    [[nodiscard]] constexpr Currency currency() const { return currency_; }
    [[nodiscard]] constexpr bool is_negative() const { return minor_ < 0; }
    [[nodiscard]] constexpr bool is_zero() const { return minor_ == 0; }
    [[nodiscard]] constexpr bool same_currency(Money other) const {
        return currency_ == Currency::none || other.currency_ == Currency::none ||
               currency_ == other.currency_;
    }

    // Another currency or an overflow is a bug here: ask same_currency and can_add first.
    constexpr Money& operator+=(Money other) {
        DAYBOOK_ASSERT(same_currency(other));
        DAYBOOK_ASSERT(!__builtin_add_overflow(minor_, other.minor_, &minor_));
        if (currency_ == Currency::none) currency_ = other.currency_;
        return *this;
    }
    constexpr Money& operator-=(Money other) {
        DAYBOOK_ASSERT(same_currency(other));
        DAYBOOK_ASSERT(!__builtin_sub_overflow(minor_, other.minor_, &minor_));
        if (currency_ == Currency::none) currency_ = other.currency_;
        return *this;
    }
    [[nodiscard]] constexpr Money operator-() const { return from_minor(0, currency_) -= *this; }
    [[nodiscard]] friend constexpr Money operator+(Money a, Money b) { return a += b; }
    [[nodiscard]] friend constexpr Money operator-(Money a, Money b) { return a -= b; }
    [[nodiscard]] friend constexpr bool can_add(Money a, Money b) {
        std::int64_t sum = 0;
        return a.same_currency(b) && !__builtin_add_overflow(a.minor_, b.minor_, &sum);
    }
    friend constexpr bool operator==(Money, Money) = default;

    // This amount times part / whole; whole must be positive.
    [[nodiscard]] Money share(Quantity part, Quantity whole, Rounding rounding) const;
    // This amount times the rate: a tax or a discount.
    [[nodiscard]] Money times(Rate rate, Rounding rounding) const;

 private:
    std::int64_t minor_ = 0;
    Currency currency_ = Currency::none;
};

// Order within one currency; asserts that they agree.
[[nodiscard]] constexpr bool is_less(Money a, Money b) {
    DAYBOOK_ASSERT(a.same_currency(b));
    return a.minor() < b.minor();
}

// A price for one unit, in millionths of the currency's major unit (not of its minor unit).
class UnitPrice {
 public:
    constexpr UnitPrice() = default;
    [[nodiscard]] static constexpr UnitPrice from_micro(std::int64_t micro, Currency currency) {
        UnitPrice price;
        price.micro_ = micro;
        price.currency_ = currency;
        return price;
    }
    [[nodiscard]] constexpr std::int64_t micro() const { return micro_; }
    [[nodiscard]] constexpr Currency currency() const { return currency_; }
    [[nodiscard]] constexpr bool is_negative() const { return micro_ < 0; }
    [[nodiscard]] constexpr bool is_zero() const { return micro_ == 0; }
    friend constexpr bool operator==(UnitPrice, UnitPrice) = default;

 private:
    std::int64_t micro_ = 0;
    Currency currency_ = Currency::none;
};

// How many base units one unit of a foreign currency costs, in millionths.
class ExchangeRate {
 public:
    constexpr ExchangeRate() = default;
    [[nodiscard]] static constexpr ExchangeRate from_micro(std::int64_t micro) {
        ExchangeRate rate;
        rate.micro_ = micro;
        return rate;
    }
    [[nodiscard]] constexpr std::int64_t micro() const { return micro_; }
    friend constexpr bool operator==(ExchangeRate, ExchangeRate) = default;

 private:
    std::int64_t micro_ = 0;
};

// price x quantity x (1 - discount), rounded once to the minor unit. An Error when it is too large.
[[nodiscard]] Result<Money> extend(
    UnitPrice price, Quantity quantity, Rate discount, Rounding rounding
);
// Converts into another currency at the rate (units of `to` for one of `amount`'s currency).
[[nodiscard]] Result<Money> convert(
    Money amount, ExchangeRate rate, Currency to, Rounding rounding
);
// Splits an amount by weights with the largest remainder: the parts add up to the amount exactly.
// Weights are not negative and not all zero. Ties go to the earlier part.
[[nodiscard]] std::vector<Money> allocate(Money amount, std::span<const std::int64_t> weights);

[[nodiscard]] Result<Money> parse_money(std::string_view text);  // "EUR 12.50", "JPY 500"
[[nodiscard]] std::string to_string(Money money);                // "EUR 12.50"; none is "0.00"
[[nodiscard]] Result<UnitPrice> parse_unit_price(std::string_view text);  // "EUR 2.555"
[[nodiscard]] std::string to_string(UnitPrice price);  // At least the currency's decimals.
[[nodiscard]] Result<ExchangeRate> parse_exchange_rate(std::string_view text);  // "1.0825"
[[nodiscard]] std::string to_string(ExchangeRate rate);

}  // namespace daybook
