// Fixed-point numbers as text: "-1234.50" is -123450 hundredths. No floating point, no locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace daybook {

// Reads [-]digits[.digits] into an integer of 10^-places. More decimals than places are an
// error unless they are zeros: nothing is rounded in silence.
[[nodiscard]] Result<std::int64_t> parse_decimal(std::string_view text, int places);
// Always writes exactly `places` decimals: (5, 2) is "0.05".
[[nodiscard]] std::string format_decimal(std::int64_t value, int places);
// The same, appended; for writers that must not allocate.
void append_decimal(std::string& out, std::int64_t value, int places);
[[nodiscard]] std::int64_t power_of_ten(int exponent);  // 0 to 18

}  // namespace daybook
