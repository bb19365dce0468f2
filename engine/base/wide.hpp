// 128-bit intermediates and the roundings. Every division of money or goods names how it rounds.
#pragma once

#include <cstdint>
#include <limits>

#include "engine/base/assert.hpp"

namespace daybook {

__extension__ using Wide = __int128;

enum class Rounding : std::uint8_t {
    half_even,  // To the nearest; a tie to the even neighbour.
    half_up,    // To the nearest; a tie away from zero, as most tax laws say.
    down,       // Toward zero.
    floor,      // Toward minus infinity.
};

// numerator / denominator, rounded. The denominator must be positive.
[[nodiscard]] constexpr Wide divide(Wide numerator, Wide denominator, Rounding rounding) {
    DAYBOOK_ASSERT(denominator > 0);
    Wide quotient = numerator / denominator;
    const Wide remainder = numerator % denominator;
    if (remainder == 0) return quotient;
    const Wide away = numerator < 0 ? -1 : 1;
    const Wide twice = (remainder < 0 ? -remainder : remainder) * 2;
    switch (rounding) {
        case Rounding::half_even:
            if (twice > denominator || (twice == denominator && quotient % 2 != 0))
                quotient += away;
            break;
        case Rounding::half_up:
            if (twice >= denominator) quotient += away;
            break;
        case Rounding::down: break;
        case Rounding::floor:
            if (numerator < 0) quotient -= 1;
            break;
    }
    return quotient;
}

[[nodiscard]] constexpr bool fits_64(Wide value) {
    return value >= std::numeric_limits<std::int64_t>::min() &&
           value <= std::numeric_limits<std::int64_t>::max();
}

// Asserts that the value fits; decide() must have refused what does not.
[[nodiscard]] constexpr std::int64_t narrow(Wide value) {
    DAYBOOK_ASSERT(fits_64(value));
    return static_cast<std::int64_t>(value);
}

}  // namespace daybook
