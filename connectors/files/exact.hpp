// A decimal number without any rounding, for control totals: what a file adds up to must be what
// its writer meant, to the last of its decimals.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/wide.hpp"

namespace daybook::files {

class Exact {
 public:
    constexpr Exact() = default;  // Zero.
    // [-]digits[.digits] or [-].digits; none for anything else, or for more than 18 digits.
    [[nodiscard]] static std::optional<Exact> parse(std::string_view text);

    // None when the answer does not fit.
    [[nodiscard]] std::optional<Exact> plus(Exact other) const;
    [[nodiscard]] std::optional<Exact> times(Exact other) const;
    // To so many places, half to even; none as well when the other is zero.
    [[nodiscard]] std::optional<Exact> divided_by(Exact other, int places) const;
    [[nodiscard]] Exact negated() const;
    // To so many places, half to even.
    [[nodiscard]] Exact rounded(int places) const;
    [[nodiscard]] int compare(Exact other) const;  // Below, at or above zero.
    [[nodiscard]] bool is_negative() const { return mantissa_ < 0; }
    // As few decimals as it has, but at least so many.
    [[nodiscard]] std::string text(int places_min = 0) const;

    static constexpr int places_max = 18;

 private:
    constexpr Exact(Wide mantissa, int places) : mantissa_(mantissa), places_(places) {}
    [[nodiscard]] std::optional<Wide> mantissa_at(int places) const;

    Wide mantissa_ = 0;
    int places_ = 0;
};

}  // namespace daybook::files
