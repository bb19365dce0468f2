// What is promised of a pool as a value: copies, bytes, limits.
#include "engine/domain/cost/cost_pool.hpp"

#include <doctest/doctest.h>

#include "tests/cost/history.hpp"
#include "tests/support/seed.hpp"

namespace daybook::cost {
namespace {

Movement receipt(std::uint64_t sequence, std::int64_t milli, std::int64_t cents) {
    return {
        .moment = Moment::of(Date::of(2026, 3, 31), 0, sequence),
        .kind = Kind::receipt,
        .reason = 2,
        .quantity = Quantity::from_milli(milli),
        .value = Money::from_minor(cents, Currency::eur),
    };
}

// A pool with everything in it: short stock, revaluations, a closed time and late facts.
CostPool sample(Method method) {
    Prng prng{7};
    History history{
        prng, {.method = method, .may_be_short = true, .has_closings = true, .days = 30}};
    for (int i = 0; i < 120; ++i) history.change();
    REQUIRE(history.failure().empty());
    return history.pool();
}

}  // namespace

TEST_CASE("a moment keeps its day, rank and sequence, and orders by them") {
    const Moment moment = Moment::of(Date::of(2026, 2, 28), 2, sequence_max);
    CHECK(moment.day() == Date::of(2026, 2, 28));
    CHECK(moment.rank() == 2);
    CHECK(moment.sequence() == sequence_max);
    CHECK(moment < Moment::of(Date::of(2026, 2, 28), 3, 0));
    CHECK(Moment::end_of(date_max) > Moment::start_of(date_max));
    CHECK(Moment::end_of(Date::of(2026, 2, 28)).next() == Moment::start_of(Date::of(2026, 3, 1)));
    CHECK(Moment{} < Moment::start_of(date_min));
    CHECK(Moment{}.day().is_none());
}

TEST_CASE("a pool takes what fits its limits and its method") {
    const CostPool fifo{Method::fifo, Currency::eur};
    CHECK(fifo.can_take(receipt(1, 1, 0)));
    CHECK(fifo.can_take(receipt(1, movement_quantity_max.milli(), pool_value_max)));
    CHECK_FALSE(fifo.can_take(receipt(1, movement_quantity_max.milli() + 1, 0)));
    CHECK_FALSE(fifo.can_take(receipt(1, 1, pool_value_max + 1)));
    CHECK_FALSE(fifo.can_take(receipt(1, 0, 0)));
    CHECK_FALSE(fifo.can_take(receipt(1, -1, 0)));
    CHECK_FALSE(fifo.can_take(receipt(0, 1, 0)));
    CHECK_FALSE(CostPool{}.can_take(receipt(1, 1, 0)));
    Movement movement = receipt(1, 1, 0);
    movement.reason = reason_max + 1;
    CHECK_FALSE(fifo.can_take(movement));
    movement = receipt(1, 1, 0);
    movement.value = Money::from_minor(1, Currency::usd);
    CHECK_FALSE(fifo.can_take(movement));
    movement = receipt(1, 0, 0);
    movement.kind = Kind::new_standard;
    CHECK_FALSE(fifo.can_take(movement));
    CHECK(CostPool{Method::standard, Currency::eur}.can_take(movement));
}

TEST_CASE("sums have limits too, and a moment is taken once") {
    CostPool pool{Method::average, Currency::eur};
    pool.insert(receipt(1, 1'000, pool_value_max - 5));
    CHECK_FALSE(pool.can_take(receipt(1, 1, 0)));
    CHECK(pool.can_take(receipt(2, 1, 5)));
    CHECK_FALSE(pool.can_take(receipt(2, 1, 6)));
    CHECK_FALSE(pool.can_take(receipt(2, 1, -6)));
    Movement revaluation = receipt(2, 0, 5);
    revaluation.kind = Kind::revaluation;
    revaluation.receipt = Moment::of(Date::of(2026, 3, 31), 0, 1);
    CHECK(pool.can_take(revaluation));
    revaluation.receipt = revaluation.moment.next();  // Of nothing here, but later than itself.
    CHECK_FALSE(pool.can_take(revaluation));
}

TEST_CASE("short stock at an absurd unit cost is valued at the limit, not beyond it") {
    for (const Method method : {Method::fifo, Method::average}) {
        CostPool pool{method, Currency::eur};
        pool.insert(receipt(1, 1, pool_value_max));
        Movement issue = receipt(2, movement_quantity_max.milli(), 0);
        issue.kind = Kind::issue;
        pool.insert(issue);
        CHECK(pool.value() == Money::from_minor(-pool_value_max, Currency::eur));
    }
}

TEST_CASE("a saved pool comes back, and saves to the same bytes") {
    for (const Method method : {Method::fifo, Method::average, Method::standard}) {
        const CostPool pool = sample(method);
        Bytes bytes;
        Packer{bytes}.put(pool);
        Unpacker unpacker{bytes};
        const auto loaded = unpacker.next<CostPool>();
        CHECK(unpacker.is_whole());
        CHECK(unpacker.at_end());
        CHECK(loaded.value() == pool.value());
        CHECK(loaded.movement_count() == pool.movement_count());
        CHECK(differences(loaded, loaded).empty());
        Bytes again;
        Packer{again}.put(loaded);
        CHECK(bytes == again);
    }
}

TEST_CASE("bytes cut short are noticed, and no changed bit makes more than another pool") {
    for (const Method method : {Method::fifo, Method::average, Method::standard}) {
        Bytes bytes;
        Packer{bytes}.put(sample(method));
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            Unpacker unpacker{std::span{bytes}.first(length)};
            (void)unpacker.next<CostPool>();
            REQUIRE_FALSE(unpacker.is_whole());
        }
        std::size_t refused = 0;
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            Bytes changed = bytes;
            changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            Unpacker unpacker{changed};
            const auto pool = unpacker.next<CostPool>();
            if (!unpacker.is_whole()) {
                ++refused;
                continue;
            }
            (void)pool.value();
            (void)pool.layers_at(pool.last_moment());
        }
        CHECK(refused > bytes.size());
    }
}

}  // namespace daybook::cost
