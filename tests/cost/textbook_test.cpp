// Each method's figures as a textbook works them out, by hand.
#include <doctest/doctest.h>

#include "engine/domain/cost/cost_pool.hpp"

namespace daybook::cost {
namespace {

// A pool whose movements are written in units and cents.
class Shelf {
 public:
    explicit Shelf(Method method) : pool(method, Currency::eur) {}

    Moment receive(std::int32_t day, std::int64_t units, std::int64_t cents) {
        return insert(
            day, {.kind = Kind::receipt, .reason = 2, .quantity = of(units), .value = money(cents)}
        );
    }
    Moment issue(std::int32_t day, std::int64_t units) {
        return insert(day, {.kind = Kind::issue, .reason = 4, .quantity = of(units)});
    }
    Moment revalue(std::int32_t day, Moment receipt, std::int64_t cents) {
        return insert(
            day,
            {.kind = Kind::revaluation, .reason = 16, .value = money(cents), .receipt = receipt}
        );
    }
    Moment set_standard(std::int32_t day, std::int64_t cents) {
        return insert(
            day,
            {.kind = Kind::new_standard,
             .reason = 14,
             .standard = UnitPrice::from_micro(cents * 10'000, Currency::eur)}
        );
    }
    [[nodiscard]] std::int64_t cost(Moment moment) const { return pool.cost_of(moment).minor(); }
    [[nodiscard]] std::int64_t value() const { return pool.value().minor(); }

    static Date on(std::int32_t day) { return Date::of(2026, 1, 1).plus_days(day - 1); }
    static Quantity of(std::int64_t units) { return Quantity::from_milli(units * 1'000); }
    static Money money(std::int64_t cents) { return Money::from_minor(cents, Currency::eur); }

    CostPool pool;

 private:
    Moment insert(std::int32_t day, Movement movement) {
        movement.moment = Moment::of(on(day), 0, ++sequence_);
        REQUIRE(pool.can_take(movement));
        pool.insert(movement);
        return movement.moment;
    }

    std::uint64_t sequence_ = 0;
};

}  // namespace

TEST_CASE("fifo: the oldest units leave first, each at the cost of its own receipt") {
    Shelf shelf{Method::fifo};
    shelf.receive(1, 10, 100'00);
    shelf.receive(2, 10, 120'00);
    const Moment issue = shelf.issue(3, 15);
    CHECK(shelf.cost(issue) == 160'00);
    CHECK(shelf.value() == 60'00);
    const auto taken = shelf.pool.layers_taken_by(issue);
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].quantity == Shelf::of(10));
    CHECK(taken[0].value == Shelf::money(100'00));
    CHECK(taken[1].quantity == Shelf::of(5));
    CHECK(taken[1].value == Shelf::money(60'00));
}

TEST_CASE("fifo: three thirds of ten are ten") {
    Shelf shelf{Method::fifo};
    shelf.receive(1, 3, 10'00);
    CHECK(shelf.cost(shelf.issue(2, 1)) == 3'33);
    CHECK(shelf.cost(shelf.issue(2, 1)) == 3'34);
    CHECK(shelf.cost(shelf.issue(2, 1)) == 3'33);
    CHECK(shelf.value() == 0);
}

TEST_CASE("average: an issue takes its share of what is on hand, ties to the even cent") {
    Shelf shelf{Method::average};
    shelf.receive(1, 10, 100'00);
    shelf.receive(2, 10, 120'00);
    CHECK(shelf.cost(shelf.issue(3, 15)) == 165'00);
    CHECK(shelf.cost(shelf.issue(3, 5)) == 55'00);
    CHECK(shelf.value() == 0);
    shelf.receive(4, 3, 10'00);
    CHECK(shelf.cost(shelf.issue(5, 1)) == 3'33);
    CHECK(shelf.cost(shelf.issue(5, 1)) == 3'34);  // Half of 6.67.
    CHECK(shelf.cost(shelf.issue(5, 1)) == 3'33);
}

TEST_CASE("standard: receipts differ by variance, a new standard revalues what is on hand") {
    Shelf shelf{Method::standard};
    shelf.set_standard(1, 10'00);
    const Moment receipt = shelf.receive(2, 10, 104'00);
    CHECK(shelf.cost(receipt) == 4'00);
    CHECK(shelf.cost(shelf.issue(3, 4)) == 40'00);
    CHECK(shelf.cost(shelf.set_standard(4, 11'00)) == -6'00);
    CHECK(shelf.value() == 66'00);
    CHECK(shelf.cost(shelf.revalue(5, receipt, 3'00)) == 3'00);
    CHECK(shelf.value() == 66'00);
}

TEST_CASE("fifo: landed cost is split by what of the receipt has left") {
    Shelf shelf{Method::fifo};
    const Moment receipt = shelf.receive(1, 10, 100'00);
    shelf.receive(2, 10, 300'00);
    shelf.issue(3, 4);
    const Split split = shelf.pool.split_of(shelf.revalue(4, receipt, 20'00));
    CHECK(split.to_sold == Shelf::money(8'00));
    CHECK(split.to_stock == Shelf::money(12'00));
    CHECK(shelf.cost(shelf.issue(5, 6)) == 72'00);
    CHECK(shelf.value() == 300'00);
}

TEST_CASE("average: landed cost is split by what is on hand of as much as was received") {
    Shelf shelf{Method::average};
    const Moment receipt = shelf.receive(1, 10, 100'00);
    shelf.receive(2, 10, 120'00);
    shelf.issue(3, 15);
    const Split split = shelf.pool.split_of(shelf.revalue(4, receipt, 20'00));
    CHECK(split.to_stock == Shelf::money(10'00));
    CHECK(split.to_sold == Shelf::money(10'00));
    CHECK(shelf.value() == 65'00);
}

TEST_CASE("short stock costs the last unit cost until a receipt trues it up") {
    for (const Method method : {Method::fifo, Method::average}) {
        CAPTURE(static_cast<int>(method));
        Shelf shelf{method};
        shelf.receive(1, 10, 100'00);
        CHECK(shelf.cost(shelf.issue(2, 12)) == 120'00);
        CHECK(shelf.value() == -20'00);
        CHECK(shelf.cost(shelf.receive(3, 5, 60'00)) == 4'00);
        CHECK(shelf.value() == 36'00);
    }
}

TEST_CASE("what leaves before anything was received costs nothing until it is received") {
    for (const Method method : {Method::fifo, Method::average}) {
        Shelf shelf{method};
        CHECK(shelf.cost(shelf.issue(1, 4)) == 0);
        CHECK(shelf.cost(shelf.receive(2, 10, 50'00)) == 20'00);
        CHECK(shelf.value() == 30'00);
    }
}

TEST_CASE("a back-dated receipt restates the issues behind it, by day and reason") {
    Shelf shelf{Method::fifo};
    shelf.receive(2, 10, 120'00);
    const Moment first = shelf.issue(3, 4);
    shelf.issue(3, 2);
    shelf.issue(5, 3);
    shelf.pool.set_linked(first);
    const CostPool before = shelf.pool;
    shelf.receive(1, 5, 50'00);
    const auto changes = differences(before, shelf.pool);
    REQUIRE(changes.size() == 1);  // What left on day 5 is of the same receipt as before.
    CHECK(changes[0].day == Shelf::on(3));
    CHECK(changes[0].reason == 4);
    CHECK(changes[0].before == Shelf::money(72'00));
    CHECK(changes[0].after == Shelf::money(62'00));  // 5 at 10.00 and 1 at 12.00
    const auto linked = linked_changes(before, shelf.pool);
    REQUIRE(linked.size() == 1);
    CHECK(linked[0].moment == first);
    CHECK(linked[0].before == Shelf::money(48'00));
    CHECK(linked[0].after == Shelf::money(40'00));
}

TEST_CASE("a back-dated issue says where it first leaves less than nothing") {
    Shelf shelf{Method::fifo};
    shelf.receive(1, 10, 100'00);
    const Moment issue = shelf.issue(5, 8);
    shelf.receive(7, 10, 100'00);
    CHECK_FALSE(shelf.pool.first_shortage(Moment::end_of(Shelf::on(2)), Shelf::of(2)));
    const auto short_later = shelf.pool.first_shortage(Moment::end_of(Shelf::on(2)), Shelf::of(5));
    REQUIRE(short_later);
    CHECK(short_later->moment == issue);
    CHECK(short_later->missing == Shelf::of(3));
    const Moment early = Moment::end_of(Shelf::on(1));
    const auto short_at_once = shelf.pool.first_shortage(early, Shelf::of(11));
    REQUIRE(short_at_once);
    CHECK(short_at_once->moment == early);
    CHECK(short_at_once->missing == Shelf::of(1));
}

TEST_CASE("a closed year leaves its open layers, with their days, and no later cost changes") {
    Shelf shelf{Method::fifo};
    shelf.receive(1, 10, 100'00);
    const Moment partly = shelf.receive(2, 3, 10'00);
    shelf.issue(3, 11);
    const Moment later = shelf.issue(9, 1);
    CHECK(shelf.cost(later) == 3'34);
    shelf.pool.compact(Shelf::on(5), {});
    CHECK(shelf.pool.movement_count() == 2);
    CHECK(shelf.cost(later) == 3'34);
    CHECK(shelf.value() == 3'33);
    const auto layers = shelf.pool.layers_at(Moment::end_of(Shelf::on(5)));
    REQUIRE(layers.size() == 1);
    CHECK(layers[0].moment == partly);
    CHECK(layers[0].origin == Shelf::on(2));
    CHECK(layers[0].quantity == Shelf::of(2));
    CHECK(layers[0].value == Shelf::money(6'67));

    // A third of what now comes to the receipt fell on the unit that left in the closed year.
    const Split split = shelf.pool.split_of(shelf.revalue(9, partly, 3'00));
    CHECK(split.to_sold == Shelf::money(2'00));
    CHECK(split.to_stock == Shelf::money(1'00));
    // A late receipt of the closed year is older than the layer that is left, so it goes first.
    const CostPool before = shelf.pool;
    shelf.receive(1, 1, 9'00);
    CHECK(shelf.cost(later) == 9'00);
    CHECK(differences(before, shelf.pool).size() == 2);
}

TEST_CASE("the last receipt tells what short stock costs through a second closing, too") {
    Shelf shelf{Method::fifo};
    shelf.receive(3, 1, 5'00);
    shelf.issue(4, 2);
    shelf.pool.compact(Shelf::on(5), {});
    shelf.receive(1, 3, 9'00);
    const Moment later = shelf.issue(9, 3);
    CHECK(shelf.cost(later) == 6'00 + 5'00);
    shelf.pool.compact(Shelf::on(6), {});
    CHECK(shelf.cost(later) == 6'00 + 5'00);
}

}  // namespace daybook::cost
