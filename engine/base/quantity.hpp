// An amount of goods, in thousandths of the item's unit.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"

namespace daybook {

class Quantity {
 public:
    constexpr Quantity() = default;
    [[nodiscard]] static constexpr Quantity from_milli(std::int64_t milli) {
        Quantity quantity;
        quantity.milli_ = milli;
        return quantity;
    }

    [[nodiscard]] constexpr std::int64_t milli() const { return milli_; }
    [[nodiscard]] constexpr bool is_zero() const { return milli_ == 0; }
    [[nodiscard]] constexpr bool is_negative() const { return milli_ < 0; }

    // Overflow is a bug here: ask can_add first.
    constexpr Quantity& operator+=(Quantity other) {
        DAYBOOK_ASSERT(!__builtin_add_overflow(milli_, other.milli_, &milli_));
        return *this;
    }
    constexpr Quantity& operator-=(Quantity other) {
        DAYBOOK_ASSERT(!__builtin_sub_overflow(milli_, other.milli_, &milli_));
        return *this;
    }
    [[nodiscard]] constexpr Quantity operator-() const { return Quantity{} -= *this; }
    [[nodiscard]] friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
    [[nodiscard]] friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
    [[nodiscard]] friend constexpr bool can_add(Quantity a, Quantity b) {
        std::int64_t sum = 0;
        return !__builtin_add_overflow(a.milli_, b.milli_, &sum);
    }
    friend constexpr auto operator<=>(Quantity, Quantity) = default;

 private:
    std::int64_t milli_ = 0;
};

[[nodiscard]] Result<Quantity> parse_quantity(std::string_view text);  // "3", "3.5", "-0.125"
[[nodiscard]] std::string to_string(Quantity quantity);                // "3.000"

}  // namespace daybook
