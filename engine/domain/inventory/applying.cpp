// What the state keeps of a movement: quantities by place and day, the pools' new figures, and its
// lines for whatever will refer to them. The costs are worked out once more on the way, and must
// come to what the event says.

#include "engine/domain/inventory/costing.hpp"
#include "engine/domain/inventory/moving.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/promises.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

using Lines = flatbuffers::Vector<const StockLine*>;

PlaceKey place_of(const StockLine& line) {
    return {read(line.item()), read(line.lot()), read(line.location())};
}

class Applying {
 public:
    Applying(Stock& state, const StockMoved& event)
        : state_(state), event_(event), date_(read(event.date())), costing_(state) {}

    void run() {
        const Lines& lines = *event_.lines();
        for (flatbuffers::uoffset_t i = 0; i < lines.size(); ++i) {
            const StockLine& line = *lines.Get(i);
            if (line.reason() == MoveReason::true_up) {
                const std::uint64_t sequence = costing_.take_sequence();
                DAYBOOK_ASSERT(sequence == line.sequence());
                continue;
            }
            const StockLine* next = i + 1 < lines.size() ? lines.Get(i + 1) : nullptr;
            if (next != nullptr && is_pair(line, *next)) {
                carry(line, *next);
                ++i;
            } else {
                move(line);
            }
        }
        tie_repack();
        costing_.shift_handed();
        costing_.store(state_);
        for (const StockLine* line : lines) count(*line);
    }

 private:
    // Out of one place and into another, one behind the other.
    static bool is_pair(const StockLine& line, const StockLine& next) {
        return line.reason() == MoveReason::transfer && next.reason() == MoveReason::transfer &&
               next.original() == line.sequence();
    }

    MovedLine line_of(const StockLine& line) {
        const Item& item = *state_.items.find(read(line.item()));
        MovedLine moved;
        moved.pool = costing_.pool_at(place_of(line), item, date_);
        const Happening happening{date_, line.reason(), line.original()};
        const std::uint64_t sequence = costing_.take_sequence();
        DAYBOOK_ASSERT(sequence == line.sequence());
        moved.moment_bits = cost_moment_of(state_, item, happening, sequence).bits();
        moved.reason = line.reason();
        moved.is_costed = true;
        moved.source_line = line.source_line();
        moved.quantity = read(line.quantity()).milli();
        moved.value = read(line.value()).minor();
        moved.original = line.original();
        moved.place = place_number(place_of(line));
        return moved;
    }

    std::uint32_t place_number(const PlaceKey& place) {
        if (const std::uint32_t* known = state_.places.find(place)) return *known;
        const std::uint32_t number = state_.settings.edit().place_count++;
        state_.places.at(place) = number;
        state_.in_locations.at({place.location, place.item, place.lot}) = number;
        state_.place_keys.at(number) = place;
        return number;
    }

    std::int64_t variance_of(std::uint64_t sequence) const {
        if (event_.variances() == nullptr) return 0;
        for (const LineVariance* variance : *event_.variances()) {
            if (variance->sequence() == sequence) return read(variance->amount()).minor();
        }
        return 0;
    }

    void move(const StockLine& line) {
        MovedLine moved = line_of(line);
        const std::uint64_t sequence = line.sequence();
        const PlaceKey place = place_of(line);
        Booked booked;
        if (moved.quantity > 0) {
            moved.value += variance_of(sequence);
            booked = costing_.receive(place, moved);
        } else {
            costing_.put_line(sequence, moved);
            booked = costing_.issue(place, moved);
        }
        DAYBOOK_ASSERT(booked.value == read(line.value()).minor());
        costing_.put_line(sequence, moved);
        take(line);
        if (line.reason() == MoveReason::repack) {
            if (moved.quantity < 0) repacked_.inputs.push_back(sequence);
            if (moved.quantity > 0 && line.original() == 0) {
                repacked_.parts.push_back({sequence, weight_of(sequence)});
            }
        }
        if (moved.quantity > 0 && line.original() != 0) {
            costing_.tie_next(line.original(), sequence, moved.quantity);
        }
    }

    void carry(const StockLine& from, const StockLine& to) {
        MovedLine out = line_of(from);
        MovedLine in = line_of(to);
        out.is_costed = in.is_costed = out.pool != in.pool;
        if (out.is_costed) {
            const Booked left = costing_.issue(place_of(from), out);
            DAYBOOK_ASSERT(left.value == out.value);
            in.value = -out.value;
        } else {
            costing_.carry(place_of(from), place_of(to), out);
        }
        costing_.put_line(from.sequence(), out);
        take(from);
        if (in.is_costed) {
            const Booked arrived = costing_.receive(place_of(to), in);
            DAYBOOK_ASSERT(arrived.value == read(to.value()).minor());
        }
        costing_.put_line(to.sequence(), in);
        if (in.is_costed) {
            costing_.tie(
                {.inputs = {from.sequence()},
                 .parts = {{to.sequence(), in.quantity}},
                 .whole = in.quantity}
            );
        }
        take(to);
    }

    // The original has that much less left to return, take back or arrive.
    void take(const StockLine& line) {
        const std::int64_t quantity = read(line.quantity()).milli();
        costing_.count_taken(
            line.original(),
            quantity < 0 ? -quantity : quantity,
            !read_or_none(event_.reverses()).is_none()
        );
    }

    std::int64_t weight_of(std::uint64_t sequence) const {
        if (event_.weights() == nullptr) return 0;
        for (const LineWeight* weight : *event_.weights()) {
            if (weight->sequence() == sequence) return static_cast<std::int64_t>(weight->weight());
        }
        return 0;
    }

    void tie_repack() {
        if (repacked_.inputs.empty() || repacked_.parts.empty()) return;
        costing_.tie(repacked_);
    }

    void count(const StockLine& line) {
        const std::int64_t quantity = read(line.quantity()).milli();
        if (quantity == 0) return;
        const PlaceKey place = place_of(line);
        const Item& item = *state_.items.find(place.item);
        state_.quantities.add(
            place_number(place),
            moment_of(state_, item, {date_, line.reason(), line.original()}),
            quantity
        );
        count_on_hand(state_, place, quantity);
        note_day(state_, item, date_);
        if (!item.has_moved) state_.items.at(place.item).has_moved = true;
    }

    Stock& state_;
    const StockMoved& event_;
    Date date_;
    Costing costing_;
    Tie repacked_;
};

}  // namespace

void apply(Stock& state, const StockMoved& event) {
    const Id id = read(event.movement());
    const Lines& lines = *event.lines();
    DAYBOOK_ASSERT(lines.size() > 0);
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = DocumentKind::movement;
    // What a change of policy hands over follows from the movement that asks for it.
    if (lines.Get(0)->reason() == MoveReason::policy_change) return;
    Document document;
    document.first = lines.Get(0)->sequence();
    document.last = lines.Get(lines.size() - 1)->sequence();
    document.date = read(event.date());
    document.source = read_or_none(event.source());
    const Id reversed = read_or_none(event.reverses());
    document.is_reversal = !reversed.is_none();
    state.movements.at(id) = document;
    if (document.is_reversal) state.movements.at(reversed).is_reversed = true;
    Applying{state, event}.run();
}

void apply(Stock& state, const CostRestated& event) {
    if (event.tied() == nullptr) return;
    Costing costing{state};
    std::vector<std::uint64_t> inputs;
    for (const IssueChange* changed : *event.tied()) inputs.push_back(changed->sequence());
    costing.follow(inputs);
    costing.store(state);
}

}  // namespace daybook::inventory
