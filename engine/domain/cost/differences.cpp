// What changed between two versions of a pool. Both are read day by day; what lies within a day and
// has one reason is passed at once, by the sums of the trees.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/domain/cost/cost_pool.hpp"
#include "engine/domain/cost/meter.hpp"
#include "engine/domain/cost/true_ups.hpp"

namespace daybook::cost {
namespace {

// How many levels of inner nodes stand above the leaves.
std::size_t height_of(const Slot& slot) {
    std::size_t height = 0;
    for (const Slot* at = &slot; at->inner; at = &at->inner->slots.front()) ++height;
    return height;
}

// The first movement that only one has, or that both have otherwise; none if there is none. What
// the two trees share is stepped over. An opening layer of another value may change anything.
std::optional<Moment> first_difference(const CostPool& before, const CostPool& after) {
    if (before.opening() != after.opening()) return Moment::start_of(date_min);
    Cursor a{before.movements()};
    Cursor b{after.movements()};
    while (!a.is_at_end() && !b.is_at_end()) {
        const Entry* in_a = a.entry();
        const Entry* in_b = b.entry();
        if (in_a != nullptr && in_b != nullptr) {
            if (*in_a != *in_b) return std::min(in_a->moment, in_b->moment);
            a.skip();
            b.skip();
        } else if (in_a == nullptr && in_b == nullptr && a.slot().same_node(b.slot())) {
            a.skip();
            b.skip();
        } else if (in_b != nullptr) {
            a.enter();
        } else if (in_a != nullptr) {
            b.enter();
        } else {
            const std::size_t height_a = height_of(a.slot());
            const std::size_t height_b = height_of(b.slot());
            if (height_a >= height_b) a.enter();
            if (height_b >= height_a) b.enter();
        }
    }
    Cursor& rest = a.is_at_end() ? b : a;
    while (!rest.is_at_end() && rest.entry() == nullptr) rest.enter();
    if (rest.is_at_end()) return std::nullopt;
    return rest.entry()->moment;
}

// Reads the costs of one version by reason, a day at a time.
class CostReader {
 public:
    CostReader(const CostPool& pool, Moment from) : meter_(pool) {
        meter_.pass_before(from);
        expense_ = meter_.expense();
    }

    [[nodiscard]] const Entry* next() { return meter_.next(); }
    // Adds up the costs before `end`; the sums of the reasons met are set.
    void read_before(Moment end) {
        for (std::uint64_t met = reasons_; met != 0; met &= met - 1) {
            costs_[static_cast<std::size_t>(__builtin_ctzll(met))] = 0;
        }
        reasons_ = 0;
        meter_.pass_run(end, 0);
        for (const Entry* entry = meter_.next(); entry != nullptr && entry->moment < end;
             entry = meter_.next()) {
            const std::uint8_t reason = entry->reason;
            meter_.pass_run(end, std::uint64_t{1} << reason);
            costs_[reason] += step();
            reasons_ |= std::uint64_t{1} << reason;
        }
    }
    [[nodiscard]] std::uint64_t reasons() const { return reasons_; }
    [[nodiscard]] std::int64_t cost(std::size_t reason) const { return costs_[reason]; }

    // Up to the next movement that is wanted; null if there is none.
    [[nodiscard]] const Entry* next(const Wanted& wanted) {
        const Entry* next = meter_.next();
        if (next == nullptr || wanted.has(*next)) return next;
        meter_.pass_others(wanted);
        expense_ = meter_.expense();
        return meter_.next();
    }
    [[nodiscard]] std::int64_t cost_of_next() {
        meter_.pass();
        return step();
    }

 private:
    std::int64_t step() {
        const std::int64_t now = meter_.expense();
        return now - std::exchange(expense_, now);
    }

    Meter meter_;
    std::int64_t expense_ = 0;
    std::uint64_t reasons_ = 0;
    std::array<std::int64_t, reason_max + 1> costs_{};
};

void check_comparable(const CostPool& before, const CostPool& after) {
    DAYBOOK_ASSERT(before.method() == after.method());
    DAYBOOK_ASSERT(before.closed_through() == after.closed_through());
}

std::vector<LinkedChange> changes_of(
    const CostPool& before, const CostPool& after, const Wanted& wanted
) {
    check_comparable(before, after);
    std::vector<LinkedChange> changes;
    const auto from = first_difference(before, after);
    if (!from) return changes;
    CostReader a{before, *from};
    CostReader b{after, *from};
    // Often nearly all of them change; a vector that grows would copy them again and again.
    changes.reserve(std::min<std::size_t>(after.movement_count(), 1U << 16));
    while (true) {
        const Entry* next_a = a.next(wanted);
        const Entry* next_b = b.next(wanted);
        if (next_a == nullptr || next_b == nullptr) return changes;
        const Moment moment_a = next_a->moment;
        const Moment moment_b = next_b->moment;
        const std::uint8_t reason = next_a->reason;
        const std::int64_t cost_a = moment_a <= moment_b ? a.cost_of_next() : 0;
        const std::int64_t cost_b = moment_b <= moment_a ? b.cost_of_next() : 0;
        if (moment_a != moment_b || cost_a == cost_b) continue;
        changes.push_back({
            .moment = moment_a,
            .before = Money::from_minor(cost_a, before.currency()),
            .after = Money::from_minor(cost_b, after.currency()),
            .reason = reason,
        });
    }
}

}  // namespace

std::vector<CostChange> differences(const CostPool& before, const CostPool& after) {
    check_comparable(before, after);
    std::vector<CostChange> changes;
    const auto from = first_difference(before, after);
    if (!from) return changes;
    const Moment start = Moment::start_of(from->day());
    CostReader a{before, start};
    CostReader b{after, start};
    while (true) {
        const Entry* next_a = a.next();
        const Entry* next_b = b.next();
        if (next_a == nullptr && next_b == nullptr) return changes;
        Moment first = next_a == nullptr ? next_b->moment : next_a->moment;
        if (next_b != nullptr) first = std::min(first, next_b->moment);
        const Moment end = Moment::end_of(first.day()).next();
        a.read_before(end);
        b.read_before(end);
        for (std::uint64_t left = a.reasons() | b.reasons(); left != 0; left &= left - 1) {
            const auto reason = static_cast<std::size_t>(__builtin_ctzll(left));
            if (a.cost(reason) == b.cost(reason)) continue;
            changes.push_back({
                .day = first.day(),
                .reason = static_cast<std::uint8_t>(reason),
                .before = Money::from_minor(a.cost(reason), before.currency()),
                .after = Money::from_minor(b.cost(reason), after.currency()),
            });
        }
    }
}

std::vector<LinkedChange> linked_changes(const CostPool& before, const CostPool& after) {
    return changes_of(before, after, {.is_linked = true});
}

std::vector<LinkedChange> changes_of_reason(
    const CostPool& before, const CostPool& after, std::uint8_t reason
) {
    DAYBOOK_ASSERT(reason <= reason_max);
    return changes_of(before, after, {.reason_bits = std::uint64_t{1} << reason});
}

namespace {

std::vector<TrueUp> true_ups_from(
    const CostPool& pool, const BroughtBack& brought_back, Moment from
) {
    std::vector<TrueUp> all;
    if (!pool.has_been_short()) return all;
    TrueUpReader reader{pool, brought_back, from};
    while (true) {
        const auto& made = reader.next();
        if (made.empty()) return all;
        all.insert(all.end(), made.begin(), made.end());
    }
}

auto place_of(const TrueUp& one) {
    return std::pair{one.receipt, one.issue};
}

}  // namespace

std::vector<TrueUpChange> true_up_changes(
    const CostPool& before, const CostPool& after, const BroughtBack& brought_back
) {
    check_comparable(before, after);
    std::vector<TrueUpChange> changes;
    const bool assumes = before.method() == Method::fifo || before.method() == Method::average;
    if (!assumes || (!before.has_been_short() && !after.has_been_short())) return changes;
    const auto from = first_difference(before, after);
    if (!from) return changes;
    const std::vector<TrueUp> old_ones = true_ups_from(before, brought_back, *from);
    const std::vector<TrueUp> new_ones = true_ups_from(after, brought_back, *from);
    auto a = old_ones.begin();
    auto b = new_ones.begin();
    while (a != old_ones.end() || b != new_ones.end()) {
        const bool has_a =
            b == new_ones.end() || (a != old_ones.end() && place_of(*a) <= place_of(*b));
        const bool has_b =
            a == old_ones.end() || (b != new_ones.end() && place_of(*b) <= place_of(*a));
        const bool is_same = has_a && has_b && *a == *b;
        const TrueUp& one = has_a ? *a : *b;
        TrueUpChange change{one.receipt, one.issue, one.reason, 0, 0};
        if (has_a) change.before = (a++)->amount;
        if (has_b) change.after = (b++)->amount;
        if (!is_same) changes.push_back(change);
    }
    return changes;
}

}  // namespace daybook::cost
