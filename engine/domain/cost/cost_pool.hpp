// What the goods of one item in one valuation scope cost: all its movements in order of their
// moments, and the answers that a stock account needs, at any moment and after any back-dated fact.
//
// Everything is measured by two curves over the moments:
//   brought in(t)  what receipts brought in and revaluations added, through t;
//   value(t)       what the goods on hand at t are worth by the pool's method, rounded once.
// What has left the pool is expense(t) = brought in(t) - value(t). The *cost* of a movement is the
// step of the expense at its moment, so costs add up to the unit whatever lies between:
//   of an issue        its cost of goods;
//   of a receipt       zero, or the true-up of issues that ran ahead of it, or (standard) variance;
//   of a revaluation   the part of its amount that fell on goods already gone (to_sold);
//   of a new standard  the change of value, as an expense (a gain is negative).
// A movement changes the stock account by what it brought in less its cost.
//
// The methods (all divisions to the nearest minor unit, ties to even):
//   fifo      Receipts are layers in order of their moments, each worth what it brought in and the
//             revaluations of it known by t. The first units received leave first: expense(t) is
//             the value of the first issued(t) units, a layer of which n of q units have left
//             having given value x n / q. So a layer's slices never drift from its value, and the
//             last slice takes the rest. A revaluation of a layer of which n of q have left puts
//             the difference of value x n / q into the expense at its own moment. Short stock:
//             units issued beyond what was received by t cost the last received layer's unit cost
//             (n x value / q, rounded in one for all n; nothing if there was no receipt yet). A
//             receipt that covers them replaces that by its own cost: the true-up.
//   average   Running quantity and value. A receipt adds both. An issue takes value x issued /
//             on hand. A revaluation adds amount x min(on hand, received) / received to the value
//             (nothing while on hand is not positive), the rest of it is expense.
//             Short stock: value is - n x last unit cost, n the missing units, the last unit cost
//             being value / on hand before the issue that used the stock up. A receipt that finds
//             on hand b <= 0 leaves value x (b + received) / received of its own; if that is still
//             short, the receipt's unit cost is now the last one.
//   standard  value(t) = on hand x the standard in force, rounded in one (short stock: negative).
//             A receipt's difference from that is variance, a revaluation is variance, a new
//             standard revalues what is on hand.
//   A specific lot is a pool of its own.
//
// A closed year: compact() keeps the layers that are left (with their moments, original quantities
// and days of origin), notes whose goods are short, and drops what has left. No cost of a later
// movement changes by a unit. After that, a receipt dated in the closed time still enters in its
// true order among the layers left; whatever else is dated there counts at the end of the closed
// time.
//
// Copying a pool takes constant time and shares everything; a change copies what it touches if that
// is shared, and else happens in place. A pool and its copies belong to one thread.
//
// Costs, n movements: an appended movement and its cost, a value or quantity at any moment, a
// shortage, what the last receipt makes good: O(log n), for each issue that it covers. What one
// long ago makes good while stock is short: the movements since a mark near it. A back-dated
// movement: fifo and standard O(log n), average replays what follows until it meets the old state
// again. differences(): the days that follow, not the movements.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/money.hpp"
#include "engine/base/pack.hpp"
#include "engine/domain/cost/covered.hpp"
#include "engine/domain/cost/movement.hpp"
#include "engine/domain/cost/opening.hpp"
#include "engine/domain/cost/tree.hpp"

namespace daybook::cost {

class Meter;

class CostPool {
 public:
    CostPool() = default;  // Takes no movement: it has no method.
    CostPool(Method method, Currency currency);

    [[nodiscard]] Method method() const { return method_; }
    [[nodiscard]] Currency currency() const { return currency_; }
    // Opening layers included.
    [[nodiscard]] std::uint64_t movement_count() const { return root_.summary.count; }
    [[nodiscard]] bool is_empty() const { return movement_count() == 0; }
    [[nodiscard]] Moment last_moment() const { return root_.summary.last; }  // None if empty.
    [[nodiscard]] Date closed_through() const;  // The day of the last compact(); none before.

    // ---- Changes. What they assert the caller has asked: can_take(), find().

    // Whether it fits: quantities, reasons and sums within their limits, its moment not taken, kind
    // and method in agreement. A revaluation of a receipt that is not here any more fits.
    [[nodiscard]] bool can_take(const Movement& movement) const;
    void insert(const Movement& movement);
    // The receipt brings in more by `difference`: the cost of what it refers to was restated.
    // Answers the part of it that fell on goods that left in the closed time, which is the caller's
    // to book; that is all of it if the receipt is not here any more.
    [[nodiscard]] Money add_value(Moment receipt, Money difference);
    // The movement, which lies behind the closed time, moves so much instead; with zero it never
    // was. Takes the pool apart and builds it anew.
    void set_quantity(Moment moment, Quantity quantity);
    // From now on others refer to the movement's cost.
    void set_linked(Moment movement);
    // Forgets what lies on or before the day but for the layers that are left then. `ahead` is what
    // ahead_before() says of the day's end.
    void compact(Date through, std::vector<IssueAhead> ahead);

    // ---- Questions. A moment in the closed time means the end of it.

    // As it was inserted; a moment in the closed time finds the receipts that are left.
    [[nodiscard]] std::optional<Movement> find(Moment moment) const;
    // The step of the expense at this movement, which must be here.
    [[nodiscard]] Money cost_of(Moment movement) const;
    [[nodiscard]] Split split_of(Moment revaluation) const;
    // Through the moment: what moves at that very moment has moved.
    [[nodiscard]] Quantity on_hand_at(Moment moment) const;
    [[nodiscard]] Money value_at(Moment moment) const;
    [[nodiscard]] Money expense_at(Moment moment) const;  // Since the opening.
    [[nodiscard]] Quantity on_hand() const;
    [[nodiscard]] Money value() const;
    // If `quantity` left at `moment` (behind what moves at that very moment): where that first
    // leaves less than nothing, at `moment` itself or later.
    [[nodiscard]] std::optional<Shortage> first_shortage(Moment moment, Quantity quantity) const;
    // What is on hand at a moment by receipt, the oldest first (first in, first out whatever the
    // method). The values add up to value_at(). Nothing while on hand is not positive.
    [[nodiscard]] std::vector<Layer> layers_at(Moment moment) const;
    // What the issue took, by receipt; the values add up to its cost. What ran ahead of its receipt
    // is a layer without a moment.
    [[nodiscard]] std::vector<Layer> layers_taken_by(Moment issue) const;
    // What has left of the receipt through the moment, first in first out whatever the method; what
    // ran ahead of it included. Nothing if the receipt is not here any more.
    [[nodiscard]] Gone gone_of(Moment receipt, Moment through) const;

    // What the receipt made good of issues, in their order; what is short still is made good by
    // later ones. Once all is covered the parts add up to the steps of the expense that its
    // shortage caused. Nothing by standard, which assumes nothing.
    [[nodiscard]] std::vector<TrueUp> true_ups_by(Moment receipt, const BroughtBack& brought_back)
        const;
    // What was made good of the issue since the closed time and before the moment, in order.
    [[nodiscard]] std::vector<TrueUp> true_ups_of(
        Moment issue, Moment before, const BroughtBack& brought_back
    ) const;
    // What is short before the moment, the first to be covered first.
    [[nodiscard]] std::vector<IssueAhead> ahead_before(
        Moment moment, const BroughtBack& brought_back
    ) const;
    // The same of one issue; nothing if nothing of it is short.
    [[nodiscard]] std::optional<IssueAhead> ahead_of(
        Moment issue, Moment moment, const BroughtBack& brought_back
    ) const;

    // Equal pools give equal bytes.
    void save(Packer& packer) const;
    void load(Unpacker& unpacker);

    // What the other files of this folder read.
    [[nodiscard]] const Slot& movements() const { return root_; }
    [[nodiscard]] const Opening* opening() const { return opening_.get(); }
    // Whether anything was ever short since the opening, or when that was made.
    [[nodiscard]] bool has_been_short() const {
        return root_.summary.lowest < 0 || (opening_ && !opening_->ahead.empty());
    }
    // Kept from question to question; no part of what the pool is.
    [[nodiscard]] CoveredMarks& covered() const { return covered_; }

 private:
    [[nodiscard]] Moment counted_at(Moment moment) const;
    [[nodiscard]] Moment place_of(const Movement& movement) const;
    [[nodiscard]] Entry entry_of(const Movement& movement) const;
    [[nodiscard]] Movement movement_of(const Entry& entry) const;
    [[nodiscard]] const Entry* entry_at(Moment moment) const;
    [[nodiscard]] Money money(std::int64_t minor) const;
    std::int64_t add_to_opening(Moment receipt, std::int64_t difference);
    void settle_from(Moment moment, bool changes_quantity);
    [[nodiscard]] Meter meter_at(Moment moment) const;
    void rebuild(const std::vector<Entry>& entries);

    Slot root_;
    boost::intrusive_ptr<Opening> opening_;  // None before the first compact().
    // The sum of all values without their signs, so that no sum of some of them can overflow.
    std::int64_t weight_ = 0;
    Method method_ = Method::none;
    Currency currency_ = Currency::none;
    mutable CoveredMarks covered_;
};

// Where two versions of one pool (none compacted since) differ in the costs of a day and reason, in
// order. The differences add up to the difference of the expense. What only `after` has counts as
// zero before.
[[nodiscard]] std::vector<CostChange> differences(const CostPool& before, const CostPool& after);
// The linked movements of both whose cost differs, in order.
[[nodiscard]] std::vector<LinkedChange> linked_changes(
    const CostPool& before, const CostPool& after
);
// The same for every movement with this reason, receipts apart.
[[nodiscard]] std::vector<LinkedChange> changes_of_reason(
    const CostPool& before, const CostPool& after, std::uint8_t reason
);
// What is made good otherwise, in the order of the receipts.
[[nodiscard]] std::vector<TrueUpChange> true_up_changes(
    const CostPool& before, const CostPool& after, const BroughtBack& brought_back
);

}  // namespace daybook::cost
