// One document that moves stock, worked out line by line: whether each may be, and what it costs.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/inventory/costing.hpp"
#include "engine/domain/inventory/lines.hpp"
#include "engine/domain/inventory/promises.hpp"
#include "engine/domain/inventory/stock.hpp"

namespace daybook::inventory {

struct Header {
    Id movement;
    Id source;
    Id order;
    Id party;
    Id reverses;
    Id bound_for;
    Days days;
    std::string text;
};
// What a line is called when it is refused: "lines", 2.
struct At {
    std::string_view list;
    std::size_t index = 0;

    [[nodiscard]] std::string path(std::string_view field) const {
        return path_of(list, index, field);
    }
};
// One place's change as a document asks for it.
struct Change {
    const Item* item = nullptr;
    PlaceKey place;
    std::int64_t quantity = 0;  // Positive, in thousandths of the stock unit.
    MoveReason reason = MoveReason::none;
    std::uint16_t source_line = 0;
    std::uint64_t original = 0;
    At at;
};
// What a tracked item's receipt may say of its lot.
struct LotGiven {
    Date expiry;
};

class Moving {
 public:
    // `today` decides which reservations have lapsed.
    Moving(const Stock& state, const Context& context, Header header)
        : state_(state),
          today_(context.today),
          header_(std::move(header)),
          costing_(state),
          promises_(state, context.today) {}

    // Comes in at a value. A lot that is not known is registered with it.
    [[nodiscard]] Judged<std::uint64_t> bring(
        const Change& change, std::int64_t value, const LotGiven& lot
    );
    // Comes in at what the pool's goods cost on average at that moment.
    [[nodiscard]] Judged<std::uint64_t> bring_at_present_cost(
        const Change& change, const LotGiven& lot
    );
    // Comes in as that part of what the original's line cost.
    [[nodiscard]] Judged<std::uint64_t> bring_back(const Change& change);
    // Leaves at what the pool's method says.
    [[nodiscard]] Judged<std::uint64_t> take(const Change& change);
    // Leaves as that part of what the original brought in; the difference to what the pool's method
    // says is variance.
    [[nodiscard]] Judged<std::uint64_t> take_at(const Change& change, std::int64_t value);
    // From its place to another.
    [[nodiscard]] Judged<std::uint64_t> carry(const Change& change, const Id& to);
    // What the lines of these sequences cost together becomes the value of outputs.
    struct Output {
        Change change;
        std::int64_t weight = 0;
        LotGiven lot;
    };
    [[nodiscard]] Judged<Nothing> become(
        const std::vector<std::uint64_t>& inputs, const std::vector<Output>& outputs
    );

    [[nodiscard]] bool is_empty() const { return lines_.empty(); }
    // As it is with this document's lines; null if there is none. Valid until the next line.
    [[nodiscard]] const MovedLine* find_line(std::uint64_t sequence) const {
        return costing_.find_line(sequence);
    }
    [[nodiscard]] const Costing& costing() const { return costing_; }
    // How many of so many may leave the place without taking what is held for other orders.
    [[nodiscard]] std::int64_t can_take(const PlaceKey& place, std::int64_t quantity) {
        return promises_.can_take(place, quantity, header_.order);
    }
    // Whether this document's order has something held at this very place.
    [[nodiscard]] bool is_held_for_order(const PlaceKey& place) const {
        return promises_.is_held_for(place, header_.order);
    }
    // By how much this document changes the quantity at a place so far.
    [[nodiscard]] std::int64_t changed_at(const PlaceKey& place) const;
    // The events, in their order.
    [[nodiscard]] Decision done();

 private:
    [[nodiscard]] Judged<Nothing> check_place_in(const Change& change) const;
    [[nodiscard]] Judged<Nothing> check_lot_in(const Change& change, const LotGiven& lot);
    [[nodiscard]] Judged<Nothing> check_serial_in(const Change& change);
    [[nodiscard]] Judged<Nothing> check_lot_out(const Change& change) const;
    [[nodiscard]] Judged<Nothing> check_on_hand(const Change& change) const;
    [[nodiscard]] Judged<Nothing> check_promises(const Change& change);
    [[nodiscard]] Judged<Nothing> check_standard(const Change& change) const;
    [[nodiscard]] Judged<Nothing> check_fits(const Change& change, const MovedLine& line) const;
    [[nodiscard]] DayRank moment_of(const Change& change) const;
    [[nodiscard]] cost::Moment cost_moment_of(const Change& change, std::uint64_t sequence) const;
    [[nodiscard]] MovedLine line_of(const Change& change, std::int64_t quantity);
    [[nodiscard]] Judged<std::uint64_t> receive(const Change& change, std::int64_t value);
    [[nodiscard]] Judged<std::uint64_t> prepare_issue(const Change& change);
    struct Told {
        std::int64_t quantity = 0;
        std::int64_t value = 0;
        std::uint64_t original = 0;
        MoveReason reason = MoveReason::none;
        bool is_provisional = false;
    };
    [[nodiscard]] StockLine told(
        const Change& change, const MovedLine& line, std::uint64_t sequence, const Told& what
    ) const;
    void push(const Change& change, const MovedLine& line, const Booked& booked);

    const Stock& state_;
    Date today_;
    Header header_;
    Costing costing_;
    Promises promises_;
    boost::unordered_flat_map<PlaceKey, std::int64_t, KeyHash> changed_;
    std::vector<LotRegisteredT> lots_;
    std::vector<StockLine> lines_;
    std::vector<LineVariance> variances_;
    std::vector<LineWeight> weights_;
};

// What comes back of a line that was issued; to another place or with another lot, if given.
struct ReturnedPart {
    std::uint64_t sequence = 0;
    std::int64_t quantity = 0;
    Id location;
    Id lot;
};
// Never more than is left of it.
[[nodiscard]] Judged<Nothing> return_part(
    const Stock&, Moving& moving, const ReturnedPart& part, At at
);

// When a line counts, beside its sequence.
struct Happening {
    Date date;
    MoveReason reason = MoveReason::none;
    std::uint64_t original = 0;
};
[[nodiscard]] DayRank moment_of(const Stock&, const Item& item, const Happening& happening);
// The same for its cost pool: in a closed time only what comes in by itself keeps its own day, so
// that no part ever lies before its inputs.
[[nodiscard]] cost::Moment cost_moment_of(
    const Stock&, const Item& item, const Happening& happening, std::uint64_t sequence
);
// The document behind a restatement, and its days.
struct Cause {
    Id document;
    Days days;
};
// Movements of cost alone that changes of policy asked for on the way.
void add_handed(const Stock&, const Costing&, const Cause& cause, Decision& decision);
[[nodiscard]] Judged<Nothing> check_handed(const Stock&, const Costing&);
// What a fact with an earlier day changes, if anything.
void add_restatement(const Stock&, Costing&, const Cause& cause, Decision& decision);

}  // namespace daybook::inventory
