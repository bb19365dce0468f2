#include "engine/base/date.hpp"

#include <fmt/compile.h>

#include <chrono>

namespace daybook {
namespace {

using std::chrono::year_month_day;

constexpr std::int64_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

year_month_day calendar(Date date) {
    return year_month_day{std::chrono::sys_days{std::chrono::days{date.days()}}};
}

Date from_calendar(year_month_day day) {
    return Date::from_days(
        static_cast<std::int32_t>(std::chrono::sys_days{day}.time_since_epoch().count())
    );
}

// Reads exactly `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

Date Date::of(int year, unsigned month, unsigned day) {
    const year_month_day value{
        std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
    DAYBOOK_ASSERT(value.ok());
    return from_calendar(value);
}

int Date::year() const {
    return static_cast<int>(calendar(*this).year());
}
unsigned Date::month() const {
    return static_cast<unsigned>(calendar(*this).month());
}
unsigned Date::day() const {
    return static_cast<unsigned>(calendar(*this).day());
}

std::int32_t Date::month_index() const {
    const year_month_day day = calendar(*this);
    return static_cast<int>(day.year()) * 12 +
           static_cast<int>(static_cast<unsigned>(day.month())) - 1;
}

Date Date::plus_months(int months) const {
    const year_month_day moved = calendar(*this) + std::chrono::months{months};
    if (moved.ok()) return from_calendar(moved);
    return from_calendar(year_month_day{moved.year() / moved.month() / std::chrono::last});
}

Date Date::end_of_month() const {
    const year_month_day day = calendar(*this);
    return from_calendar(year_month_day{day.year() / day.month() / std::chrono::last});
}

unsigned Date::weekday() const {
    return std::chrono::weekday{std::chrono::sys_days{std::chrono::days{days_}}}.iso_encoding() - 1;
}

Date Instant::date() const {
    constexpr std::int64_t nanos_per_day = seconds_per_day * nanos_per_second;
    const std::int64_t days = nanos_ / nanos_per_day - (nanos_ % nanos_per_day < 0 ? 1 : 0);
    return Date::from_days(static_cast<std::int32_t>(days));
}

Result<Date> parse_date(std::string_view text) {
    const int year = digits(text, 0, 4);
    const int month = digits(text, 5, 2);
    const int day = digits(text, 8, 2);
    const bool shaped =
        text.size() == 10 && text[4] == '-' && text[7] == '-' && year > 0 && month > 0 && day > 0;
    if (!shaped) {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "\"{}\" is not a date; write year-month-day: 2026-03-31", text.substr(0, 40)
            )};
    }
    const year_month_day value{
        std::chrono::year{year},
        std::chrono::month{static_cast<unsigned>(month)},
        std::chrono::day{static_cast<unsigned>(day)}};
    if (!value.ok()) {
        return Error{ErrorCode::invalid, fmt::format("\"{}\" is not a day of the calendar", text)};
    }
    return from_calendar(value);
}

std::string to_string(Date date) {
    if (date.is_none()) return {};
    const year_month_day day = calendar(date);
    return fmt::format(
        FMT_COMPILE("{:04}-{:02}-{:02}"),
        static_cast<int>(day.year()),
        static_cast<unsigned>(day.month()),
        static_cast<unsigned>(day.day())
    );
}

Result<Instant> parse_instant(std::string_view text) {
    const auto malformed = [text] {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "\"{}\" is not an instant; write it in UTC: 2026-03-31T10:15:00Z",
                text.substr(0, 40)
            )};
    };
    if (text.size() < 20 || text.back() != 'Z' || text[10] != 'T') return malformed();
    DAYBOOK_TRY(const Date date, parse_date(text.substr(0, 10)));
    const int hour = digits(text, 11, 2);
    const int minute = digits(text, 14, 2);
    const int second = digits(text, 17, 2);
    const bool shaped = text[13] == ':' && text[16] == ':' && hour >= 0 && hour < 24 &&
                        minute >= 0 && minute < 60 && second >= 0 && second < 60;
    // 64-bit nanoseconds reach from 1677-09-22 to 2262-04-10.
    if (!shaped || date < Date::of(1678, 1, 1) || date > Date::of(2261, 12, 31)) return malformed();
    std::int64_t fraction = 0;
    if (text.size() > 20) {
        const std::size_t decimals = text.size() - 21;
        const int places = static_cast<int>(decimals);
        if (text[19] != '.' || decimals == 0 || decimals > 9) return malformed();
        const int value = digits(text, 20, decimals);
        if (value < 0) return malformed();
        fraction = value;
        for (int i = places; i < 9; ++i) fraction *= 10;
    }
    const std::int64_t seconds = date.days() * seconds_per_day + hour * 3600 + minute * 60 + second;
    return Instant::from_nanos(seconds * nanos_per_second + fraction);
}

std::string to_string(Instant instant) {
    const Date date = instant.date();
    const std::int64_t nanos = instant.nanos() - static_cast<std::int64_t>(date.days()) *
                                                     seconds_per_day * nanos_per_second;
    const std::int64_t seconds = nanos / nanos_per_second;
    return fmt::format(
        FMT_COMPILE("{}T{:02}:{:02}:{:02}.{:09}Z"),
        to_string(date),
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        nanos % nanos_per_second
    );
}

}  // namespace daybook
