// The moving line: what it says and how it fits.
#include "cli/progress.hpp"

#include <doctest/doctest.h>

using namespace daybook::cli;

namespace {

constexpr ProgressPoint half{
    .what = "importing", .unit = "rows", .done = 500'000, .total = 1'000'000, .ms = 5'000};

}  // namespace

TEST_CASE("the line says how much is done, how fast, and how long the rest will take") {
    CHECK(
        progress_line(half, 119) ==
        "importing [############            ] 50 % of 1,000,000 rows, 100,000/s, 5.0 s left"
    );
}

TEST_CASE("on a narrow terminal the bar gives way before the words do") {
    CHECK(
        progress_line(half, 79) ==
        "importing [##########           ] 50 % of 1,000,000 rows, 100,000/s, 5.0 s left"
    );
    CHECK(progress_line(half, 60) == "importing 50 % of 1,000,000 rows, 100,000/s, 5.0 s left");
    CHECK(progress_line(half, 20) == "importing 50 % of 1,");
}

TEST_CASE("without a known end there is no bar, and nothing done leaves nothing to guess from") {
    CHECK(
        progress_line({.what = "reading", .unit = "events", .done = 1'500, .ms = 1'000}, 79) ==
        "reading 1,500 events, 1,500/s"
    );
    CHECK(
        progress_line({.what = "reading", .unit = "events", .total = 10, .ms = 700}, 60) ==
        "reading [                        ] 0 % of 10 events, 0/s"
    );
}
