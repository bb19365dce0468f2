// Business days and instants. A day has no time zone; an instant is UTC. Neither reads a clock.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace daybook {

// A day of the proleptic Gregorian calendar, counted from 1970-01-01. Text is ISO 8601, with years
// 0001 to 9999.
class Date {
 public:
    constexpr Date() = default;  // No day at all; it orders before every day.
    [[nodiscard]] static constexpr Date from_days(std::int32_t days) {
        Date date;
        date.days_ = days;
        return date;
    }
    // Asserts a valid day; parse_date is for input.
    [[nodiscard]] static Date of(int year, unsigned month, unsigned day);

    [[nodiscard]] constexpr std::int32_t days() const { return days_; }
    [[nodiscard]] constexpr bool is_none() const { return days_ == none_days; }
    [[nodiscard]] int year() const;
    [[nodiscard]] unsigned month() const;  // 1 to 12
    [[nodiscard]] unsigned day() const;    // 1 to 31
    // Months since year 0, for grouping: 2026-03 is 2026 x 12 + 2.
    [[nodiscard]] std::int32_t month_index() const;
    [[nodiscard]] constexpr Date plus_days(std::int32_t days) const {
        return from_days(days_ + days);
    }
    // The same day of a later month, or that month's last day.
    [[nodiscard]] Date plus_months(int months) const;
    [[nodiscard]] Date end_of_month() const;
    // 0 is Monday, 6 is Sunday.
    [[nodiscard]] unsigned weekday() const;
    friend constexpr auto operator<=>(Date, Date) = default;

 private:
    static constexpr std::int32_t none_days = std::numeric_limits<std::int32_t>::min();
    std::int32_t days_ = none_days;
};

inline constexpr Date date_min = Date::from_days(-719162);  // 0001-01-01
inline constexpr Date date_max = Date::from_days(2932896);  // 9999-12-31

// Nanoseconds since 1970-01-01T00:00:00Z.
class Instant {
 public:
    constexpr Instant() = default;
    [[nodiscard]] static constexpr Instant from_nanos(std::int64_t nanos) {
        Instant instant;
        instant.nanos_ = nanos;
        return instant;
    }
    [[nodiscard]] constexpr std::int64_t nanos() const { return nanos_; }
    [[nodiscard]] Date date() const;  // The day in UTC.
    friend constexpr auto operator<=>(Instant, Instant) = default;

 private:
    std::int64_t nanos_ = 0;
};

[[nodiscard]] Result<Date> parse_date(std::string_view text);  // "2026-03-31"
[[nodiscard]] std::string to_string(Date date);                // "" for none
[[nodiscard]] Result<Instant> parse_instant(std::string_view text
);                                                     // "2026-03-31T10:15:00Z", up to 9 decimals
[[nodiscard]] std::string to_string(Instant instant);  // "2026-03-31T10:15:00.000000000Z"

}  // namespace daybook
