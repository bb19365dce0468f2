#include "engine/base/date.hpp"

#include <doctest/doctest.h>

using namespace daybook;

TEST_CASE("dates are read and written as ISO 8601 days") {
    CHECK(parse_date("2026-03-31").value() == Date::of(2026, 3, 31));
    CHECK(to_string(Date::of(1970, 1, 1)) == "1970-01-01");
    CHECK(Date::of(1970, 1, 1).days() == 0);
    CHECK(parse_date("2024-02-29").ok());
    for (const char* text :
         {"2026-02-29",
          "2026-13-01",
          "2026-00-10",
          "26-01-01",
          "2026/01/01",
          "2026-1-1",
          "",
          "2026-01-01T"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_date(text).ok());
    }
}

TEST_CASE("no day at all orders before every day and is written as nothing") {
    CHECK(Date{}.is_none());
    CHECK(Date{} < date_min);
    CHECK(to_string(Date{}).empty());
    CHECK(to_string(date_min) == "0001-01-01");
    CHECK(to_string(date_max) == "9999-12-31");
}

TEST_CASE("months are added to the same day or to the month's last") {
    CHECK(Date::of(2026, 1, 31).plus_months(1) == Date::of(2026, 2, 28));
    CHECK(Date::of(2024, 1, 31).plus_months(1) == Date::of(2024, 2, 29));
    CHECK(Date::of(2026, 11, 15).plus_months(3) == Date::of(2027, 2, 15));
    CHECK(Date::of(2026, 2, 3).end_of_month() == Date::of(2026, 2, 28));
    CHECK(Date::of(2026, 11, 23).weekday() == 0);
}

TEST_CASE("instants keep nine decimals and know their day in UTC") {
    const Instant instant = parse_instant("2026-03-31T23:59:59.123456789Z").value();
    CHECK(to_string(instant) == "2026-03-31T23:59:59.123456789Z");
    CHECK(instant.date() == Date::of(2026, 3, 31));
    CHECK(Instant::from_nanos(-1).date() == Date::of(1969, 12, 31));
    CHECK(to_string(Instant::from_nanos(-1)) == "1969-12-31T23:59:59.999999999Z");
    CHECK(parse_instant("2026-03-31T10:15:00Z").ok());
    for (const char* text :
         {"2026-03-31",
          "2026-03-31T24:00:00Z",
          "2026-03-31T10:15:00",
          "2026-03-31T10:15:00.Z",
          "9999-01-01T00:00:00Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_instant(text).ok());
    }
}
