// A proportion in parts per million: 20 % is 200,000 ppm.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace daybook {

class Rate {
 public:
    constexpr Rate() = default;
    [[nodiscard]] static constexpr Rate from_ppm(std::int64_t ppm) {
        Rate rate;
        rate.ppm_ = ppm;
        return rate;
    }

    [[nodiscard]] constexpr std::int64_t ppm() const { return ppm_; }
    [[nodiscard]] constexpr bool is_zero() const { return ppm_ == 0; }
    [[nodiscard]] constexpr bool is_negative() const { return ppm_ < 0; }
    friend constexpr auto operator<=>(Rate, Rate) = default;

    static constexpr std::int64_t one_ppm = 1'000'000;

 private:
    std::int64_t ppm_ = 0;
};

[[nodiscard]] Result<Rate> parse_rate(std::string_view text);  // "20%", "5.5%", "0.2"
[[nodiscard]] std::string to_string(Rate rate);                // "20%", "5.5%"

}  // namespace daybook
