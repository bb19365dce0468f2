#include "engine/base/pack.hpp"

#include <doctest/doctest.h>

using namespace daybook;

namespace {

struct Line {
    Id item;
    Quantity quantity;
    Money amount;
    friend bool operator==(const Line&, const Line&) = default;
};
struct Document {
    std::string number;
    Date date;
    bool is_open = false;
    std::optional<Rate> discount;
    std::vector<Line> lines;
    std::map<Id, Money> by_account;
    friend bool operator==(const Document&, const Document&) = default;
};

Document sample() {
    return {
        .number = "F-1",
        .date = Date::of(2026, 3, 31),
        .is_open = true,
        .discount = Rate::from_ppm(50'000),
        .lines =
            {{id_from_code("W"),
              Quantity::from_milli(3000),
              Money::from_minor(1000, Currency::eur)}},
        .by_account = {{id_from_code("411000"), Money::from_minor(1000, Currency::eur)}},
    };
}

}  // namespace

TEST_CASE("any plain struct comes back as it was packed") {
    Bytes bytes;
    Packer{bytes}.put(sample());
    Unpacker unpacker{bytes};
    CHECK(unpacker.next<Document>() == sample());
    CHECK(unpacker.is_whole());
    CHECK(unpacker.at_end());
}

TEST_CASE("bytes that are cut short are noticed, wherever the cut is") {
    Bytes bytes;
    Packer{bytes}.put(sample());
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        Unpacker unpacker{std::span{bytes}.first(length)};
        (void)unpacker.next<Document>();
        CHECK_FALSE(unpacker.is_whole());
    }
}
