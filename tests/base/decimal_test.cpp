#include "engine/base/decimal.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace daybook;

TEST_CASE("decimals are read exactly and written with all their places") {
    CHECK(parse_decimal("12.5", 2).value() == 1250);
    CHECK(parse_decimal("-0.05", 2).value() == -5);
    CHECK(parse_decimal("7", 0).value() == 7);
    CHECK(parse_decimal("1.500000", 2).value() == 150);
    CHECK(format_decimal(-5, 2) == "-0.05");
    CHECK(format_decimal(500, 0) == "500");
    CHECK(format_decimal(std::numeric_limits<std::int64_t>::min(), 2) == "-92233720368547758.08");
}

TEST_CASE("the largest and smallest numbers survive the way there and back") {
    for (const std::int64_t value :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        CHECK(parse_decimal(format_decimal(value, 3), 3).value() == value);
    }
    CHECK_FALSE(parse_decimal("9223372036854775808", 0).ok());
    CHECK_FALSE(parse_decimal("92233720368547758.08", 2).ok());
}

TEST_CASE("what is not a decimal number is refused, never rounded") {
    for (const char* text :
         {"", "-", ".5", "5.", "1,5", "1e3", "0x1", " 1", "1 ", "+1", "--1", "1.2.3"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_decimal(text, 2).ok());
    }
    CHECK(parse_decimal("1.005", 2).error().message == "\"1.005\" has more than 2 decimals");
}
