// What average and standard carry from movement to movement, and the roundings of all methods.
//
// average   value of what is on hand; while that is not positive, the last unit cost is
//           unit_value / unit_quantity (none if unit_quantity is zero).
// standard  unit_value micro units for unit_quantity thousandths are the standard in force.
#pragma once

#include <cstdint>

#include "engine/domain/cost/movement.hpp"
#include "engine/domain/cost/tree.hpp"

namespace daybook::cost {

// value x part / whole, to the nearest, ties to even. 0 <= part <= whole, 0 < whole.
[[nodiscard]] inline std::int64_t share_of(
    std::int64_t value, std::int64_t part, std::int64_t whole
) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(value, part, &product)) {
        return narrow(divide(static_cast<Wide>(value) * part, whole, Rounding::half_even));
    }
    // The same in 64 bits, which is what nearly all amounts need, and several times as quick.
    const std::int64_t quotient = product / whole;
    const std::int64_t remainder = product % whole;
    const auto distance = static_cast<std::uint64_t>(remainder < 0 ? -remainder : remainder) * 2;
    const auto half = static_cast<std::uint64_t>(whole);
    const bool away = distance > half || (distance == half && quotient % 2 != 0);
    if (!away) return quotient;
    return product < 0 ? quotient - 1 : quotient + 1;
}

// value x part / whole for a part of any size and sign; what exceeds the limit of a pool's value is
// the limit. Zero for no whole.
[[nodiscard]] std::int64_t scaled(std::int64_t value, std::int64_t part, std::int64_t whole);

// The running state behind a movement; `on_hand` is the quantity before it.
void step(Method method, Running& running, std::int64_t on_hand, const Entry& entry);

// A change in the movements, from which the running states behind it follow.
struct Change {
    Method method = Method::none;
    Moment from;                    // The first movement that is new or another one.
    bool changes_quantity = false;  // What is on hand later is another quantity.
    Running opening;                // The running state before the first movement.
};
// Brings all running states up to date; ends early where they meet the old ones again.
void settle(Slot& root, const Change& change);

}  // namespace daybook::cost
