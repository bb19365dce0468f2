#include "engine/base/money.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <numeric>

#include "engine/base/prng.hpp"

using namespace daybook;

namespace {

Money eur(std::int64_t minor) {
    return Money::from_minor(minor, Currency::eur);
}

std::uint64_t seed() {
    const char* given = std::getenv("DAYBOOK_SEED");
    return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

}  // namespace

TEST_CASE("money is written with its currency's own decimals") {
    CHECK(to_string(eur(1250)) == "EUR 12.50");
    CHECK(parse_money("EUR -12.5").value() == eur(-1250));
    CHECK(to_string(parse_money("JPY 500").value()) == "JPY 500");
    CHECK(to_string(parse_money("TND 1.234").value()) == "TND 1.234");
    CHECK(parse_money("EUR 1.005").error().message == "\"1.005\" has more than 2 decimals");
    CHECK(parse_money("JPY 1.5").error().message == "\"1.5\" has more than 0 decimals");
    for (const char* text : {"12.50", "EUR", "EUR 12,50", "XXY 1.00", "eur 1.00", "EUR  1.00"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_money(text).ok());
    }
}

TEST_CASE("every rounding is the one that was named") {
    CHECK(divide(5, 2, Rounding::half_even) == 2);
    CHECK(divide(7, 2, Rounding::half_even) == 4);
    CHECK(divide(-5, 2, Rounding::half_even) == -2);
    CHECK(divide(5, 2, Rounding::half_up) == 3);
    CHECK(divide(-5, 2, Rounding::half_up) == -3);
    CHECK(divide(-5, 2, Rounding::down) == -2);
    CHECK(divide(-5, 2, Rounding::floor) == -3);
    CHECK(divide(6, 3, Rounding::floor) == 2);
}

TEST_CASE("a price times a quantity is rounded once, to the minor unit") {
    const UnitPrice price = parse_unit_price("GBP 2.555").value();
    CHECK(to_string(price) == "GBP 2.555");
    CHECK(
        to_string(extend(price, Quantity::from_milli(3000), Rate{}, Rounding::half_up).value()) ==
        "GBP 7.67"
    );
    CHECK(
        to_string(extend(price, Quantity::from_milli(-3000), Rate{}, Rounding::half_up).value()) ==
        "GBP -7.67"
    );
    const Rate fifteen = parse_rate("15%").value();
    CHECK(
        to_string(extend(
                      parse_unit_price("EUR 14").value(),
                      Quantity::from_milli(12000),
                      fifteen,
                      Rounding::half_up
        )
                      .value()) == "EUR 142.80"
    );
    const UnitPrice huge =
        UnitPrice::from_micro(std::numeric_limits<std::int64_t>::max(), Currency::eur);
    CHECK_FALSE(extend(
                    huge,
                    Quantity::from_milli(std::numeric_limits<std::int64_t>::max()),
                    Rate{},
                    Rounding::half_up
    )
                    .ok());
}

TEST_CASE("conversion keeps the exponents of both currencies") {
    const ExchangeRate rate = parse_exchange_rate("0.0062").value();
    const Money yen = parse_money("JPY 1000").value();
    CHECK(to_string(convert(yen, rate, Currency::eur, Rounding::half_up).value()) == "EUR 6.20");
    CHECK(
        to_string(convert(
                      eur(620),
                      parse_exchange_rate("161.290323").value(),
                      yen.currency(),
                      Rounding::half_up
        )
                      .value()) == "JPY 1000"
    );
    CHECK(to_string(rate) == "0.0062");
}

TEST_CASE("rates are parts per million, written in per cent") {
    CHECK(parse_rate("20%").value().ppm() == 200'000);
    CHECK(parse_rate("0.055").value().ppm() == 55'000);
    CHECK(to_string(parse_rate("5.5%").value()) == "5.5%");
    CHECK(to_string(parse_rate("100%").value()) == "100%");
    CHECK(eur(999).times(parse_rate("20%").value(), Rounding::half_up) == eur(200));
}

TEST_CASE("allocated parts always add up to the whole") {
    CHECK(
        allocate(eur(100), std::vector<std::int64_t>{1, 1, 1}) ==
        std::vector{eur(34), eur(33), eur(33)}
    );
    CHECK(
        allocate(eur(-100), std::vector<std::int64_t>{1, 1, 1}) ==
        std::vector{eur(-34), eur(-33), eur(-33)}
    );
    Prng random{seed()};
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::int64_t> weights(1 + random.below(9));
        for (auto& weight : weights) weight = random.between(0, 1'000'000'000);
        weights[random.below(weights.size())] += 1;
        const Money whole = eur(random.between(-1'000'000'000'000, 1'000'000'000'000));
        Money sum;
        for (const Money& part : allocate(whole, weights)) sum += part;
        INFO("repeat with DAYBOOK_SEED=", seed());
        REQUIRE(sum.minor() == whole.minor());
    }
}
