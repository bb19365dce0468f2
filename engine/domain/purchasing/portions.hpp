// Quantities with what they are worth. Parts of a portion always come to the portion again: a part
// takes its share of the amounts, and the last part takes what is left.
#pragma once

#include <optional>

#include "engine/domain/purchasing/state.hpp"

namespace daybook::purchasing {

// Takes a quantity out of a portion that has as much.
[[nodiscard]] inline Portion take(Portion& from, Quantity quantity) {
    DAYBOOK_ASSERT(quantity <= from.quantity);
    DAYBOOK_ASSERT(!quantity.is_negative());
    if (quantity.is_zero()) {
        return {
            .quantity = quantity,
            .value = Money::from_minor(0, from.value.currency()),
            .net = Money::from_minor(0, from.net.currency())};
    }
    const Portion part{
        .quantity = quantity,
        .value = from.value.share(quantity, from.quantity, Rounding::half_even),
        .net = from.net.share(quantity, from.quantity, Rounding::half_even)};
    from.quantity -= part.quantity;
    from.value -= part.value;
    from.net -= part.net;
    DAYBOOK_ASSERT(!from.quantity.is_zero() || from.value.is_zero());
    return part;
}
inline void put(Portion& into, const Portion& part) {
    into.quantity += part.quantity;
    into.value += part.value;
    into.net += part.net;
}
// What of a receipt's line was not sent back.
[[nodiscard]] inline Quantity left_of(const Received& received) {
    return received.unbilled.quantity + received.billed.quantity;
}
// The share of an amount that belongs to a part of a quantity; all of it with the whole.
[[nodiscard]] inline Money share_of(Money amount, Quantity part, Quantity whole) {
    if (whole.is_zero()) return Money::from_minor(0, amount.currency());
    return amount.share(part, whole, Rounding::half_even);
}

// An amount rounded half up to the minor unit, and what rounding kept back of it: in parts of
// 10^-18 of the major unit, less than half a minor unit, positive if the amount was rounded down.
struct Rounded {
    Money money;
    std::int64_t carry = 0;
};
struct Worth {
    UnitPrice price;
    Quantity quantity;
    Rate discount;
    ExchangeRate rate;
    Currency currency = Currency::none;
};
// price x quantity x (1 - discount) x rate and what was kept back before, rounded once. None when
// it is beyond what a document may have.
[[nodiscard]] inline std::optional<Rounded> worth_of(const Worth& worth, std::int64_t carry) {
    constexpr Wide carry_unit = 1'000;  // 10^-21 of the major unit in one part of the carry.
    Wide exact = static_cast<Wide>(worth.price.micro()) * worth.quantity.milli();
    const Wide kept = Rate::one_ppm - worth.discount.ppm();
    if (__builtin_mul_overflow(exact, kept, &exact)) return std::nullopt;
    if (__builtin_mul_overflow(exact, static_cast<Wide>(worth.rate.micro()), &exact)) {
        return std::nullopt;
    }
    if (__builtin_add_overflow(exact, carry * carry_unit, &exact)) return std::nullopt;
    Wide unit = 1;
    for (int i = exponent_of(worth.currency); i < 21; ++i) unit *= 10;
    // A tie goes up, also below zero: nothing received never takes a cent away.
    Wide minor = divide(exact, unit, Rounding::floor);
    if ((exact - minor * unit) * 2 >= unit) ++minor;
    if (minor > amount_minor_max || minor < -amount_minor_max) return std::nullopt;
    const Wide left = divide(exact - minor * unit, carry_unit, Rounding::down);
    return Rounded{Money::from_minor(narrow(minor), worth.currency), narrow(left)};
}

}  // namespace daybook::purchasing
