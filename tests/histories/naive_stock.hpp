// What a stock is worth, worked out the plain way: all that was ever said is replayed from the
// start, movement by movement in the order of their moments, with a queue of layers, a running
// average or a standard for each pool. Of the events it takes what was given (quantities, places,
// days, values that somebody named); what follows from cost it works out itself.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "engine/domain/inventory/rules.hpp"
#include "tests/cost/naive_pool.hpp"

namespace daybook::inventory {

inline constexpr std::size_t naive_items = 4;
inline constexpr std::size_t naive_scopes = 8;
inline constexpr std::size_t naive_days = 64;

// Numbers for ids, in the order in which they come.
class Numbering {
 public:
    std::size_t of(const Id& id) {
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            if (ids_[i] == id) return i;
        }
        ids_.push_back(id);
        return ids_.size() - 1;
    }
    [[nodiscard]] const Id& operator[](std::size_t number) const { return ids_[number]; }
    [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
    std::vector<Id> ids_;
};

// By how much each pool's value changes on each day.
using Curves = std::array<std::int64_t, naive_items * naive_scopes * naive_days>;

class NaiveStock {
 public:
    explicit NaiveStock(Date first) : first_(first) {}

    void learn(const EventRecord& event);
    void close(Date through);

    // What the events say.
    [[nodiscard]] const Curves& told() const { return told_; }
    // What the replay says.
    [[nodiscard]] const Curves& replay();
    [[nodiscard]] Date closed_through() const { return closed_through_; }
    [[nodiscard]] std::size_t day_number(Date day) const {
        return static_cast<std::size_t>(day.days() - first_.days());
    }
    Numbering items;
    Numbering scopes;

 private:
    struct Place {
        std::size_t item = 0;
        Id location;
        Id lot;
        friend bool operator==(const Place&, const Place&) = default;
    };
    struct Line {
        std::uint64_t sequence = 0;
        Place place;
        Date date;
        std::uint8_t rank = 2;
        bool is_costed = true;
        bool was_closed = false;  // Its cost is fixed.
        Date closed_through;      // When it was learned.
        std::size_t pool = 0;
        std::int64_t quantity = 0;
        std::int64_t worth = 0;      // Of a receipt, as given.
        std::uint64_t original = 0;  // Of which it brings a part back.
        std::int64_t before = 0;     // What had come back of that before.
        std::size_t tie = 0;         // One more than its number: whose part it is.
        std::size_t part = 0;
        std::int64_t cost = 0;  // Of an issue, by the last replay.
    };
    struct NaiveTie {
        std::vector<std::uint64_t> inputs;
        std::vector<std::int64_t> weights;
    };
    struct Revaluation {
        std::uint64_t sequence = 0;
        Date date;
        std::size_t pool = 0;
        cost::Moment receipt;
        std::int64_t amount = 0;
        std::int64_t received = 0;  // Of the receipt, as far as it was there when this was learned.
        bool is_closed = false;
    };
    // What the goods of an issue became: a share of them came into a pool.
    struct Became {
        std::size_t pool = 0;
        cost::Moment receipt;
        std::int64_t before = 0;  // The share, of the whole.
        std::int64_t after = 0;
        std::int64_t whole = 0;
    };
    struct In {
        cost::Moment receipt;
        std::int64_t quantity = 0;
        std::int64_t gone = 0;  // Before the opening.
    };
    struct Out {
        std::uint64_t sequence = 0;  // Zero: a change of policy, which became
        std::vector<Became> became;  // these.
        std::int64_t quantity = 0;
        cost::Moment moment;
    };
    struct Queue {
        std::vector<In> ins;
        std::vector<Out> outs;
    };
    // Amounts by receipt, in the order of the receipts' moments.
    using Passing = std::map<cost::Moment, std::pair<std::size_t, std::int64_t>>;
    struct Standard {
        std::size_t item = 0;
        std::uint64_t sequence = 0;
        Date date;
        UnitPrice cost;
        bool was_closed = false;
        Date closed_through;  // When it was learned.
    };
    // What a pool lacked when a time was closed: an issue at its end, which a late receipt covers.
    struct Lack {
        std::size_t pool = 0;
        std::int64_t quantity = 0;
    };
    struct NaivePolicy {
        Date from;
        Policy policy;
    };
    struct PoolId {
        std::size_t item = 0;
        std::size_t policy = 0;
        Id scope;
        friend bool operator==(const PoolId&, const PoolId&) = default;
    };
    // All that a pool held when another policy came, and the pools that it went to.
    struct Handed {
        std::size_t from = 0;
        std::vector<std::size_t> to;
        Date day;                 // On which it counts: a closed time hands over at its end.
        bool was_closed = false;  // It happened before the closing.
    };
    struct Item {
        Id group;
        bool has_moved = false;
        std::size_t first = 0;  // The policies between which it moved.
        std::size_t last = 0;
        std::vector<Handed> handed;
    };
    struct Turn;

    void learn(const StandardCostSet& event);
    void learn(const StockMoved& event);
    void learn(const StockRevalued& event);
    void learn(const CostRestated& event);
    Line line_of(const StockMoved& event, const StockLine& line);
    void add_moved(const StockMoved& event, std::vector<Line>& lines);
    void tell(std::size_t item, const Id& scope, Date day, std::int64_t value);

    [[nodiscard]] const std::vector<NaivePolicy>& policies_of(std::size_t item) const;
    [[nodiscard]] std::size_t policy_on(std::size_t item, Date day) const;
    std::size_t pool_of(const Place& place, std::size_t policy);
    void enter(const Place& place, Date day);
    void enter_policies(std::size_t item, Date day);
    void hand_over(std::size_t item, std::size_t policy);
    void join(const Place& place, std::size_t policy);
    [[nodiscard]] std::int64_t quantity_before(const Place& place, std::size_t policy) const;
    [[nodiscard]] std::uint64_t handed_sequence(std::size_t from, std::size_t to) const;
    void learn_handed(const StockMoved& event);
    [[nodiscard]] std::vector<Place> places_of(std::size_t item) const;
    [[nodiscard]] Date counted(Date day) const { return std::max(day, closed_through_); }
    [[nodiscard]] cost::Moment moment_of(const Line& line) const;
    [[nodiscard]] cost::Moment moment_of(const Revaluation& one) const;
    [[nodiscard]] static cost::Moment moment_of(const Standard& standard);
    [[nodiscard]] Line& line(std::uint64_t sequence);

    [[nodiscard]] std::vector<Turn> turns() const;
    void play(const Turn& turn);
    void play_line(Line& line, cost::Moment moment);
    void play_standard(const Standard& standard, cost::Moment moment);
    void play_lack(const Lack& lack, cost::Moment moment);
    void lose(Revaluation& one);
    std::int64_t play_revaluation(const Revaluation& one, cost::Moment moment);
    void play_new_revaluation();
    void pass_on(const Revaluation& one, std::int64_t gone_amount, Passing& passing) const;
    [[nodiscard]] std::vector<Became> became(const Out& out) const;
    [[nodiscard]] std::int64_t received_of(std::size_t pool, cost::Moment receipt) const;
    void play_handed(const Turn& turn);
    [[nodiscard]] std::vector<std::int64_t> weights_of(std::size_t item, const Handed& handed);
    std::int64_t take(std::size_t pool, const cost::Movement& movement);
    [[nodiscard]] std::int64_t worth_of(const Line& line);
    void start();
    void open_again(std::size_t pool);

    Date first_;
    Date closed_through_;
    Curves told_{};
    Curves curves_{};
    std::vector<Line> lines_;
    std::vector<NaiveTie> ties_;
    std::vector<Revaluation> revaluations_;
    std::vector<Revaluation> new_revaluations_;  // Whose goods' further way is not known yet.
    std::vector<Standard> standards_;
    std::uint64_t next_sequence_ = 1;
    std::map<Id, std::vector<NaivePolicy>> policies_;  // By group.
    std::map<Id, bool> receipts_first_;                // By group.
    std::map<Id, Id> warehouses_;                      // By location.
    std::vector<Item> by_item_;
    std::vector<PoolId> pools_;
    std::map<std::uint64_t, Id> handed_from_;  // By the sequence of the line out of it.
    // By item, day, and scopes from and to.
    std::map<std::tuple<std::size_t, Date, Id, Id>, std::uint64_t> handed_sequences_;
    std::vector<cost::NaiveState> opening_;  // Of a closed time, by pool.
    Curves opening_curves_{};
    std::vector<Lack> lacks_;
    std::vector<cost::NaiveState> states_;
    std::vector<Queue> queues_;  // By pool.
};

}  // namespace daybook::inventory
