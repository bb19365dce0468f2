// What inventory remembers between commands: what may be moved, where everything is, what it cost,
// and what was promised to whom.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/inventory/pools.hpp"
#include "engine/domain/inventory/quantities.hpp"
#include "engine/domain/module.hpp"
#include "engine/domain/open_days.hpp"
#include "schemas/inventory.hpp"

namespace daybook::inventory {

using Decision = daybook::Decision<EventRecordT, Refusal>;

inline constexpr std::size_t units_max = 50;       // Of one item, beside its stock unit.
inline constexpr std::size_t attributes_max = 50;  // Of one item.
inline constexpr std::uint64_t conversion_max = 1'000'000'000;
inline constexpr std::size_t lines_max = 10'000;      // Of one document.
inline constexpr std::size_t text_bytes_max = 4'096;  // Of one document.
// Of one line. Ninety thousand lines of that size still add up within 64 bits.
inline constexpr std::int64_t quantity_milli_max = 100'000'000'000'000;
inline constexpr std::int64_t value_minor_max = 100'000'000'000'000;
static_assert(lines_max <= 65'535, "a line's number has 16 bits");

// So many of the unit are so many of the stock unit.
struct Conversion {
    Id unit;
    std::uint64_t numerator = 1;
    std::uint64_t denominator = 1;
};
struct Item {
    ItemKind kind = ItemKind::none;
    Tracking tracking = Tracking::none;
    bool is_active = false;
    bool has_moved = false;  // Its unit, tracking and kind are fixed.
    std::uint32_t shelf_life_days = 0;
    Id unit;
    Id group;
    Id posting_group;
    Quantity weight;
    Quantity volume;
    std::vector<Conversion> units;
};
struct Location {
    LocationKind kind = LocationKind::none;
    bool is_active = false;
    Id parent;
    Id warehouse;  // The root; the place itself if it has no parent.
};

struct LotKey {
    Id item;
    Id lot;
    friend auto operator<=>(const LotKey&, const LotKey&) = default;
};
struct Lot {
    Date expiry;  // None: it does not expire.
    bool is_quarantined = false;
};

struct PolicyKey {
    Id group;  // None: for all groups without a policy of their own.
    Date from;
    friend auto operator<=>(const PolicyKey&, const PolicyKey&) = default;
};
struct Policy {
    ValuationMethod method = ValuationMethod::none;
    ValuationScope scope = ValuationScope::none;
    friend bool operator==(const Policy&, const Policy&) = default;
};
struct Rules {
    bool allows_negative = false;
    bool receipts_first = false;
};
// How an item was valued from a day on, once it has moved then.
struct Regime {
    Date from;  // None: from the beginning.
    Policy policy;
};
struct CostFrom {
    Id item;
    Date from;
    friend auto operator<=>(const CostFrom&, const CostFrom&) = default;
};
struct StandardCost {
    UnitPrice cost;
    std::uint64_t sequence = 0;
};

// A place of an item: a location, and the lot where lots are tracked.
struct PlaceKey {
    Id item;
    Id lot;
    Id location;
    friend auto operator<=>(const PlaceKey&, const PlaceKey&) = default;
};
struct LocationKey {
    Id location;
    Id item;
    Id lot;
    friend auto operator<=>(const LocationKey&, const LocationKey&) = default;
};
// What lies at a location and all that is inside it, and what is promised of it. At a location
// with a lot: only that lot, at that very place.
struct HeldKey {
    Id item;
    Id location;
    Id lot;
    friend auto operator<=>(const HeldKey&, const HeldKey&) = default;
};
struct Held {
    std::int64_t on_hand = 0;
    std::int64_t quarantined = 0;  // Part of it.
    std::int64_t reserved = 0;     // Never more than on_hand.
};

// A line of a movement as later ones refer to it.
struct MovedLine {
    std::uint32_t place = 0;  // no_place: it only moved cost.
    std::uint32_t pool = 0;
    std::uint64_t moment_bits = 0;
    MoveReason reason = MoveReason::none;
    bool is_costed = false;  // It is a movement of its pool.
    bool is_fixed = false;   // Its year is closed: `value` is what it cost in the end.
    bool was_short = false;  // A delivery, fixed: some of it left before it had come.
    std::uint16_t source_line = 0;
    std::int64_t quantity = 0;  // Signed.
    std::int64_t value = 0;     // What it was worth to the other side, signed: with the variance.
    std::int64_t taken = 0;     // How much of it was returned, taken back or has arrived.
    // A delivery: what fell since, of more cost on its receipts, on what has not come back of it.
    std::int64_t later = 0;
    std::uint64_t original = 0;
    std::uint64_t tie = 0;  // Whose cost is the value of other lines; 0: none's.

    [[nodiscard]] cost::Moment moment() const { return cost::Moment::from_bits(moment_bits); }
};
inline constexpr std::uint32_t no_place = 0xFFFF'FFFF;

// What some lines cost is what others are worth: a transfer's two sides, a return, a repacking, a
// change of policy. When the cost of the inputs is restated, the value of the parts follows.
struct TiePart {
    std::uint64_t sequence = 0;
    std::int64_t weight = 0;
    std::uint64_t input = 0;  // The only one that it is worth so much of: it came back. 0: of all.
    std::int64_t later = 0;   // What it brings back of what had fallen on its delivery.
};
struct Tie {
    std::vector<std::uint64_t> inputs;
    std::vector<TiePart> parts;
    std::int64_t whole = 0;  // What the weights are parts of; 0: of their sum.
};
struct Document {
    std::uint64_t first = 0;  // The sequences of its lines; a change of policy may lie between.
    std::uint64_t last = 0;
    Date date;
    Id source;
    bool is_reversed = false;
    bool is_reversal = false;
    Id transfer_to;  // Of a transfer through transit: where it goes.
};

struct CountedPlace {
    PlaceKey place;
    std::int64_t quantity = 0;
};
struct Count {
    Id location;
    Date date;
    bool is_blind = false;
    std::vector<Id> items;  // Empty: all that is there.
    std::vector<CountedPlace> lines;
};

struct Reservation {
    Id item;
    Id lot;
    Id location;
    Id order;
    std::int64_t quantity = 0;  // What is still held.
    Date expires;
    bool is_picked = false;
};
struct Expiry {
    Id item;
    Date expires;
    Id reservation;
    friend auto operator<=>(const Expiry&, const Expiry&) = default;
};

struct ItemScope {
    Id item;
    Id scope;
    friend auto operator<=>(const ItemScope&, const ItemScope&) = default;
};

// Beside its id, what a used-up document leaves behind is that it existed.
enum class DocumentKind : std::uint8_t {
    none,
    movement,
    revaluation,
    count,
    reservation,
    write_down
};

struct Settings {
    Currency base = Currency::none;
    std::uint64_t next_sequence = 1;
    std::uint32_t place_count = 0;
    std::uint64_t first_open_sequence = 1;  // Of the lines before it the cost is fixed.
    Date last_day;                          // The latest on which anything moved.
    Date closed_through;                    // The last day of the last closed fiscal year.
};

struct Stock {
    Single<Settings> settings;
    OpenDays days;
    Keyed<Item> items;
    Keyed<Location> locations;
    Keyed<Lot, LotKey> lots;
    Sorted<Policy, PolicyKey> policies;
    Keyed<Rules> rules;     // By group.
    Keyed<Date> last_days;  // The latest on which a group's goods moved.
    Sorted<StandardCost, CostFrom> standard_costs;
    Sorted<std::uint32_t, PlaceKey> places;           // Their numbers.
    Sorted<std::uint32_t, LocationKey> in_locations;  // The same by location.
    Keyed<PlaceKey, std::uint32_t> place_keys;
    Quantities quantities;
    Keyed<Held, HeldKey> held;
    Keyed<std::vector<Regime>> regimes;  // By item, in the order of their days.
    Sorted<std::uint32_t, PoolKey> pool_numbers;
    Pools pools;
    Keyed<MovedLine, std::uint64_t> lines;  // By their sequence.
    Keyed<Tie, std::uint64_t> ties;         // By the sequence of the first input.
    Keyed<Document> movements;
    Keyed<DocumentKind> documents;              // Every one there ever was.
    Keyed<std::int64_t, ItemScope> allowances;  // Minor units, for what stock will not bring.
    Keyed<Count> counts;                        // Not yet approved.
    Keyed<Reservation> reservations;            // Held or picked.
    Keyed<std::vector<Id>> order_reservations;
    Sorted<bool, Expiry> expiries;
};

// A rule that said no, before it has become a Decision.
struct Refused {
    Refusal refusal = Refusal::none;
    Reason reason;
    operator Decision() const { return {refusal, reason}; }
};
struct Nothing {};

// What a step of a decision worked out, or the rule that stopped it.
template <class T>
class [[nodiscard]] Judged {
 public:
    Judged(T value) : value_(std::move(value)) {}
    Judged(Refused refused) : refused_(std::move(refused)) {
        DAYBOOK_ASSERT(refused_.refusal != Refusal::none);
    }

    [[nodiscard]] bool ok() const { return refused_.refusal == Refusal::none; }
    [[nodiscard]] const Refused& refused() const { return refused_; }
    [[nodiscard]] T& value() {
        DAYBOOK_ASSERT(ok());
        return value_;
    }
    [[nodiscard]] const T& value() const {
        DAYBOOK_ASSERT(ok());
        return value_;
    }

 private:
    T value_{};
    Refused refused_;
};

// Where and what the refusal found, and what it needs.
[[nodiscard]] inline Refused no(
    Refusal refusal, std::string at, std::string found, std::string needed
) {
    return {refusal, {std::move(at), std::move(found), std::move(needed)}};
}

}  // namespace daybook::inventory
