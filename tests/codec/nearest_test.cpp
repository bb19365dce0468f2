// Suggestions for mistyped names.
#include "engine/base/nearest.hpp"

#include <doctest/doctest.h>

using daybook::nearest_name;
using daybook::suggestion;

TEST_CASE("a mistyped name finds the nearest one") {
    const std::vector<std::string_view> names{"quantity", "price", "discount"};
    CHECK(nearest_name("quantiy", names) == "quantity");
    CHECK(nearest_name("PRICE", names) == "price");
    CHECK(nearest_name("pirce", names) == "price");
    CHECK(nearest_name("discuont", names) == "discount");
}

TEST_CASE("a name far from all others finds none, and a few names are listed") {
    const std::vector<std::string_view> names{"quantity", "price", "discount"};
    CHECK(nearest_name("warehouse", names).empty());
    CHECK(suggestion("warehouse", names) == "; it may be quantity, price, discount");
    CHECK(suggestion("prise", names) == "; did you mean \"price\"?");
    CHECK(suggestion("x", {}).empty());
}

TEST_CASE("another word is not taken for a mistyped one") {
    CHECK(nearest_name("amount", {"account", "debit", "credit"}).empty());
    CHECK(suggestion("amount", {"account", "debit"}) == "; it may be account, debit");
    CHECK(nearest_name("rate", {"date"}) == "date");  // One letter may always be wrong,
    CHECK(nearest_name("posting_gruops", {"posting_group"}) == "posting_group");  // two of eight.
    CHECK(nearest_name("on", {"to"}).empty());
    CHECK(nearest_name("n", {"m"}).empty());  // But not the only one.
}

TEST_CASE("a very long name is not compared") {
    CHECK(nearest_name(std::string(10'000, 'x'), {"price"}).empty());
}
