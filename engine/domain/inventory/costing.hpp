// The cost of one document's lines, worked out on copies of the pools: decide() throws the copies
// away, apply() puts them into the state. Both call the same functions in the same order, so that a
// replay comes to the same figures.
//
// Within a day what a change of policy hands over counts first (rank 0), then receipts where the
// rules put them before issues (rank 1), then everything else in the order in which it was learned.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/domain/inventory/stock.hpp"

namespace daybook::inventory {

inline constexpr std::uint8_t rank_of_policy = 0;
inline constexpr std::uint8_t rank_of_receipts = 1;
inline constexpr std::uint8_t rank_of_others = 2;

// What counts in a closed time counts at its end, in the order in which it was learned.
[[nodiscard]] cost::Moment counted_at(
    const Stock&, Date day, std::uint8_t rank, std::uint64_t sequence
);

// amount x part / whole, to the nearest; a tie to the even neighbour.
[[nodiscard]] inline std::int64_t share(
    std::int64_t amount, std::int64_t part, std::int64_t whole
) {
    return narrow(divide(static_cast<Wide>(amount) * part, whole, Rounding::half_even));
}

// What a line did to its pool.
struct Booked {
    std::int64_t value = 0;     // What the pool gains or loses by the line,
    std::int64_t true_up = 0;   // and by what it settles of lines before; signed alike.
    std::int64_t variance = 0;  // Standard cost: what it was worth beyond its value.
    bool is_provisional = false;
};
// A line of a change of policy: value out of one pool, and into others.
struct HandedLine {
    std::uint64_t sequence = 0;
    std::uint64_t original = 0;  // The line out of the old pool; 0: it is that line.
    std::uint32_t pool = 0;
    std::int64_t value = 0;
    std::int64_t variance = 0;
};
struct HandOver {
    Date day;
    Id item;
    std::vector<HandedLine> lines;
};
// A cost of a pool, day and reason that is another one now.
struct Restated {
    std::uint32_t pool = 0;
    Date day;
    MoveReason reason = MoveReason::none;
    std::int64_t before = 0;
    std::int64_t after = 0;
};
struct Revalued {
    std::int64_t to_stock = 0;
    std::int64_t to_sold = 0;
};
// More or less cost on a receipt.
struct Revaluing {
    cost::Moment moment;
    MoveReason reason = MoveReason::none;
    cost::Moment receipt;
    std::int64_t amount = 0;
};

struct ReceiptAmount {
    std::uint64_t receipt = 0;  // The sequence of the line that brought the goods in.
    std::int64_t amount = 0;
};

// What a receipt makes good of a delivery that left before its goods came.
struct MadeGood {
    cost::Moment receipt;
    std::uint64_t issue = 0;
    std::int64_t amount = 0;
};

class Costing {
 public:
    explicit Costing(const Stock& state) : state_(state) {}

    // The pool of the place on the day. Policies that came into force between the item's days so
    // far and this one are acted upon first; handed_over() tells.
    [[nodiscard]] std::uint32_t pool_at(const PlaceKey& place, const Item& item, Date day);

    // The same for an item of which no goods move: what is there goes over.
    void enter_policies(const Id& item, Date day);

    // Whether the line fits into its pool.
    [[nodiscard]] bool fits(const MovedLine& line) const;
    Booked receive(const PlaceKey& place, const MovedLine& line);
    Booked issue(const PlaceKey& place, const MovedLine& line);
    // What the receipt, which is in its pool and among the lines, makes good of deliveries;
    // made_good() tells.
    void make_good(const MovedLine& receipt);
    // Went from one place to another of the same pool: what a later policy took over lies
    // elsewhere.
    void carry(const PlaceKey& from, const PlaceKey& to, const MovedLine& out);
    // All lines have moved: what later policies took over is so much more or less.
    void shift_handed();
    [[nodiscard]] bool fits(std::uint32_t pool, const Revaluing& revaluing) const;
    Revalued revalue(std::uint32_t pool, const Revaluing& revaluing);
    // Where a revaluation, which is in the pool, goes with the goods that left by then: to the
    // receipts that they became, and to single deliveries.
    struct Leaving {
        std::vector<ReceiptAmount> passed;
        std::vector<IssueChange> delivered;  // Without what had come back by then.
    };
    [[nodiscard]] Leaving leaving_of(std::uint32_t pool, const Revaluing& revaluing) const;
    // Notes it, for what comes back of the deliveries later.
    void add_later(const std::vector<IssueChange>& delivered);
    // What the change of the standard adds to the pool's value.
    std::int64_t set_standard(
        std::uint32_t pool, std::uint64_t sequence, Date from, UnitPrice cost
    );

    // The inputs' cost is what the parts are worth from now on.
    void tie(const Tie& tie);
    void tie_next(std::uint64_t input, std::uint64_t part, std::int64_t weight);
    // What a part of this weight would be worth at that moment, behind those that there are.
    struct NextPart {
        std::uint64_t input = 0;
        std::int64_t weight = 0;
        cost::Moment moment;
    };
    [[nodiscard]] std::int64_t worth_of_next(const NextPart& next) const;
    // The part's share of a cost by the tie's weights.
    [[nodiscard]] static std::int64_t share_of(const Tie& tie, std::size_t part, std::int64_t cost);
    // What goods like those of the line, which has come, cost at its moment.
    [[nodiscard]] std::int64_t present_cost(const MovedLine& line) const;
    // What a receipt brought in by what is known now.
    [[nodiscard]] std::int64_t value_of(const MovedLine& line) const;
    // What the line cost by what is known now; a receipt costs its value.
    [[nodiscard]] std::int64_t cost_of(const MovedLine& line) const;

    // Lets the value of everything that hangs on a restated cost follow, and tells what differs
    // from before this document.
    [[nodiscard]] std::vector<Restated> restate();
    struct Changes {
        std::vector<cost::LinkedChange> tied;    // In the order of their moments.
        std::vector<cost::LinkedChange> issues;  // Deliveries.
        std::vector<MadeGood> true_ups;          // So much more or less than was told before.
    };
    // Of single issues; after restate().
    [[nodiscard]] const Changes& changes() const { return changes_; }
    // Lets what hangs on the cost of these lines follow.
    void follow(const std::vector<std::uint64_t>& inputs);
    // A delivery of which something left before it had come.
    [[nodiscard]] bool was_short(const MovedLine& line) const;
    // What was made good of a delivery before the moment.
    [[nodiscard]] std::int64_t trued_up(const MovedLine& delivery, cost::Moment moment) const;

    [[nodiscard]] const std::vector<MadeGood>& made_good() const { return made_good_; }
    // What of the delivery has not come back by the receipt.
    [[nodiscard]] std::int64_t kept_of(const MadeGood& one) const;
    [[nodiscard]] const std::vector<HandOver>& handed_over() const { return handed_over_; }
    // A policy cannot take over less than nothing; after shift_handed().
    [[nodiscard]] bool has_handed_shortage() const { return has_handed_shortage_; }
    // Nor goods at a standard that the item does not have on the policy's first day. No item: there
    // are no such goods.
    struct Lacking {
        Id item;
        Date day;
    };
    [[nodiscard]] const Lacking& lacking_standard() const { return lacking_standard_; }

    // Which issue a receipt brings a part back of. Borrows this.
    [[nodiscard]] cost::BroughtBack brought_back() const;
    [[nodiscard]] const Pool& pool(std::uint32_t number) const;
    [[nodiscard]] bool is_standard(std::uint32_t number) const {
        return pool(number).cost.method() == cost::Method::standard;
    }
    // Null if there is no such line. Valid until the next change.
    [[nodiscard]] const MovedLine* find_line(std::uint64_t sequence) const;
    // So much of the original was returned, taken back or has arrived. What takes back a return or
    // an arrival gives back what that had taken.
    void count_taken(std::uint64_t original, std::int64_t quantity, bool is_reversal);
    void put_line(std::uint64_t sequence, const MovedLine& line) { lines_[sequence] = line; }
    [[nodiscard]] std::uint64_t next_sequence() const { return next_; }
    [[nodiscard]] std::uint64_t take_sequence() { return next_++; }

    // Puts everything into the state that it was made from.
    void store(Stock& state) const;

 private:
    struct Own {  // A movement of this document, with the cost that its line tells.
        std::uint32_t pool = 0;
        Date day;
        std::uint8_t reason = 0;
        std::int64_t cost = 0;
    };
    struct ChangedValue {
        std::uint64_t sequence = 0;
        std::int64_t before = 0;
    };

    [[nodiscard]] Pool& change(std::uint32_t number);
    [[nodiscard]] cost::CostPool before(std::uint32_t number) const;
    [[nodiscard]] std::uint32_t number_of(const PoolKey& key, ValuationMethod method);
    [[nodiscard]] const Tie* find_tie(std::uint64_t id) const;
    [[nodiscard]] Tie& change_tie(std::uint64_t id);
    [[nodiscard]] std::int64_t worth_of(const Tie& tie, std::size_t part) const;
    [[nodiscard]] std::int64_t worth_at(const Tie& tie, std::size_t part, cost::Moment moment)
        const;
    [[nodiscard]] std::int64_t part_of(const Tie& tie, std::size_t part, std::int64_t cost) const;
    [[nodiscard]] std::int64_t own_share_of(const Tie& tie, std::size_t part, std::int64_t cost)
        const;
    [[nodiscard]] bool has_later_part(const Tie& tie) const;
    [[nodiscard]] Tie with_next(std::uint64_t input, std::uint64_t part, std::int64_t weight) const;
    [[nodiscard]] std::vector<ReceiptAmount> parts_of(
        cost::Moment moment, std::uint64_t input, std::int64_t amount
    ) const;
    [[nodiscard]] std::int64_t cost_of(const Tie& tie) const;
    [[nodiscard]] std::int64_t insert(std::uint32_t pool, const cost::Movement& movement);
    [[nodiscard]] Money money(std::int64_t minor) const {
        return Money::from_minor(minor, state_.settings.get().base);
    }

    // true_ups.cpp
    // What has not come back of a delivery by a moment, what of that is short, and what both cost.
    struct DeliveryLeft {
        std::int64_t quantity = 0;
        std::int64_t cost = 0;
        std::int64_t ahead = 0;
        std::int64_t assumed = 0;
    };
    [[nodiscard]] DeliveryLeft left_of(const MovedLine& delivery, cost::Moment moment) const;
    [[nodiscard]] std::optional<std::int64_t> worth_when_short(
        const Tie& tie, std::size_t part, cost::Moment moment
    ) const;
    [[nodiscard]] std::vector<cost::TrueUpChange> changed_true_ups(std::uint32_t number) const;
    [[nodiscard]] std::vector<std::uint64_t> made_good_otherwise(std::uint32_t number) const;
    void collect_true_ups();

    // handing.cpp
    [[nodiscard]] const std::vector<Regime>& regimes_of(const Id& item) const;
    void enter_regimes(const Id& id, const Item& item, Date day);
    void check_standards(const Id& item);
    [[nodiscard]] PoolKey key_at(const PlaceKey& place, const Regime& regime) const;
    void hand_over(const Id& item, const Regime& from, const Regime& to);
    void join(const PlaceKey& place, const Regime& from, const Regime& to);
    [[nodiscard]] HandOver& hand_over_of(const Id& item, Date day);
    std::uint64_t open_hand_over(std::uint32_t old_pool, Date day, std::int64_t quantity);
    void hand_part(std::uint64_t out, std::uint32_t new_pool, std::int64_t quantity, Date day);
    void take_part(std::uint64_t sequence, std::int64_t quantity, std::int64_t value);
    [[nodiscard]] MovedLine handed_line(std::uint32_t pool, Date day);
    void shift_line(std::uint64_t sequence, std::int64_t quantity);
    void note_value(std::uint64_t sequence, std::int64_t before);
    void shift(const PlaceKey& place, std::uint32_t pool, Date day, std::int64_t quantity);

    // restating.cpp
    void settle();
    [[nodiscard]] bool follow(std::uint64_t input, std::vector<std::uint32_t>& queue);
    [[nodiscard]] std::vector<std::size_t> parts_in_order(const Tie& tie) const;
    [[nodiscard]] bool follow_part(const Tie& tie, std::size_t number);
    [[nodiscard]] std::vector<std::uint64_t> changed_inputs(std::uint32_t number) const;
    [[nodiscard]] std::vector<Restated> collect();
    void collect_changes();
    void collect_followed();

    const Stock& state_;
    std::uint64_t next_ = state_.settings.get().next_sequence;
    std::uint32_t pool_count_ = state_.pools.count();
    boost::unordered_flat_map<std::uint32_t, Pool> pools_;  // Those changed.
    boost::unordered_flat_map<PoolKey, std::uint32_t, KeyHash> new_numbers_;
    boost::unordered_flat_map<std::uint64_t, MovedLine> lines_;
    boost::unordered_flat_map<std::uint64_t, Tie> ties_;
    boost::unordered_flat_map<Id, std::vector<Regime>, KeyHash> regimes_;
    std::vector<Own> own_;
    std::vector<std::uint64_t> own_ties_;
    std::vector<std::uint64_t> shifted_ties_;  // Of changes of policy: the parts' weights changed.
    std::map<std::uint64_t, std::int64_t> handed_shifts_;  // By line: so much more was handed over.
    std::vector<ChangedValue> changed_values_;
    std::vector<Restated> closed_parts_;  // Of changed values, on goods of a closed time.
    std::vector<HandOver> handed_over_;
    std::vector<MadeGood> made_good_;
    std::set<std::uint64_t> followed_;  // Lines on whose cost something was restated.
    Changes changes_;
    bool is_back_dated_ = false;  // Something that lies later may cost something else now.
    bool has_handed_shortage_ = false;
    Lacking lacking_standard_;
};

// A pool groups the costs of its receipts apart from those of its issues.
inline constexpr std::uint8_t receipt_reason = 32;

}  // namespace daybook::inventory
