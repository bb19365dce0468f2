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

// A class with an invariant.
class Even {
 public:
    Even() = default;
    explicit Even(std::uint8_t value) : value_(value) {}
    [[nodiscard]] std::uint8_t value() const { return value_; }
    void save(Packer& packer) const { packer.put(value_); }
    void load(Unpacker& unpacker) {
        unpacker.get(value_);
        if (value_ % 2 != 0) unpacker.fail();
    }

 private:
    std::uint8_t value_ = 0;
};

}  // namespace

TEST_CASE("any plain struct comes back as it was packed") {
    Bytes bytes;
    Packer{bytes}.put(sample());
    Unpacker unpacker{bytes};
    CHECK(unpacker.next<Document>() == sample());
    CHECK(unpacker.is_whole());
    CHECK(unpacker.at_end());
}

TEST_CASE("a class packs itself, also as a member, and refuses what it cannot be") {
    struct Shelf {
        Even height;
        std::uint8_t floor = 0;
    };
    Bytes bytes;
    Packer{bytes}.put(Shelf{Even{6}, 1});
    Unpacker unpacker{bytes};
    const auto shelf = unpacker.next<Shelf>();
    CHECK(unpacker.is_whole());
    CHECK(shelf.height.value() == 6);
    CHECK(shelf.floor == 1);
    bytes[0] = std::byte{7};
    Unpacker damaged{bytes};
    (void)damaged.next<Shelf>();
    CHECK_FALSE(damaged.is_whole());
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
