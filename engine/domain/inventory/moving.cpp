// One document that moves stock, worked out line by line.

#include "engine/domain/inventory/moving.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/inventory/policies.hpp"

namespace daybook::inventory {
namespace {

std::string words(std::int64_t milli) {
    return to_string(Quantity::from_milli(milli));
}

// Goods that are held back or too old do not leave for these reasons.
bool needs_good_lot(MoveReason reason) {
    return reason == MoveReason::delivery || reason == MoveReason::consumption ||
           reason == MoveReason::production_issue || reason == MoveReason::repack;
}

bool is_independent_receipt(MoveReason reason) {
    return reason == MoveReason::opening || reason == MoveReason::purchase_receipt ||
           reason == MoveReason::count_gain || reason == MoveReason::production_receipt;
}

}  // namespace

DayRank moment_of(const Stock& state, const Item& item, const Happening& happening) {
    const bool is_first = happening.original == 0 && is_independent_receipt(happening.reason) &&
                          rules_of(state, item.group).receipts_first;
    return {happening.date, is_first ? rank_of_receipts : rank_of_others};
}

cost::Moment cost_moment_of(
    const Stock& state, const Item& item, const Happening& happening, std::uint64_t sequence
) {
    const std::uint8_t rank = moment_of(state, item, happening).rank;
    const bool keeps_day = happening.original == 0 && is_independent_receipt(happening.reason);
    if (keeps_day) return cost::Moment::of(happening.date, rank, sequence);
    return counted_at(state, happening.date, rank, sequence);
}

std::int64_t Moving::changed_at(const PlaceKey& place) const {
    const auto changed = changed_.find(place);
    return changed == changed_.end() ? 0 : changed->second;
}

DayRank Moving::moment_of(const Change& change) const {
    return inventory::moment_of(
        state_, *change.item, {header_.days.date, change.reason, change.original}
    );
}

cost::Moment Moving::cost_moment_of(const Change& change, std::uint64_t sequence) const {
    return inventory::cost_moment_of(
        state_, *change.item, {header_.days.date, change.reason, change.original}, sequence
    );
}

// What comes back or arrives may find its place out of use.
Judged<Nothing> Moving::check_place_in(const Change& change) const {
    const auto usable = usable_location(state_, change.place.location, change.at.path("location"));
    if (!usable.ok()) return usable.refused();
    return Nothing{};
}

Judged<Nothing> Moving::check_serial_in(const Change& change) {
    if (change.item->tracking != Tracking::serial) return Nothing{};
    if (change.quantity != 1'000) {
        return no(
            Refusal::serial_quantity_not_one,
            change.at.path("quantity"),
            words(change.quantity),
            "1.000 of each serial number"
        );
    }
    const DayRank moment = moment_of(change);
    std::int64_t there = 0;
    for (auto it = state_.places.from({change.place.item, change.place.lot, {}});
         it != state_.places.end();
         ++it) {
        if (it->first.item != change.place.item || it->first.lot != change.place.lot) break;
        const QuantityCurve& curve = *state_.quantities.find(it->second);
        there += curve.at_end_of(moment.day);
        const bool moves_later =
            !curve.days().empty() && curve.days().back().at > DayRank{moment.day, 255};
        if (moves_later) there += 1'000;
    }
    for (const auto& [place, quantity] : changed_) {
        if (place.item == change.place.item && place.lot == change.place.lot) there += quantity;
    }
    if (there == 0) return Nothing{};
    return no(
        Refusal::serial_elsewhere,
        change.at.path("lot"),
        fmt::format("{} is there already", to_string(change.place.lot)),
        "a serial number that is nowhere from that day on"
    );
}

Judged<Nothing> Moving::check_lot_in(const Change& change, const LotGiven& lot) {
    if (auto checked = check_place_in(change); !checked.ok()) return checked;
    const LotKey key{change.place.item, change.place.lot};
    if (change.item->tracking == Tracking::none) {
        if (key.lot.is_none()) return Nothing{};
        return no(
            Refusal::lot_not_tracked,
            change.at.path("lot"),
            to_string(key.lot),
            "none: the item has no lots"
        );
    }
    if (key.lot.is_none()) {
        return no(Refusal::lot_missing, change.at.path("lot"), "none", "the lot or serial number");
    }
    if (auto checked = check_serial_in(change); !checked.ok()) return checked;
    const auto is_same = [&](const LotRegisteredT& made) {
        return made.item == key.item && made.lot == key.lot;
    };
    if (state_.lots.contains(key) || std::ranges::any_of(lots_, is_same)) return Nothing{};
    LotRegisteredT registered;
    registered.item = key.item;
    registered.lot = key.lot;
    registered.expiry = lot.expiry;
    if (lot.expiry.is_none() && change.item->shelf_life_days > 0) {
        const auto days =
            static_cast<std::int64_t>(header_.days.date.days()) + change.item->shelf_life_days;
        registered.expiry =
            Date::from_days(static_cast<std::int32_t>(std::min<std::int64_t>(days, date_max.days()))
            );
    }
    lots_.push_back(std::move(registered));
    return Nothing{};
}

Judged<Nothing> Moving::check_lot_out(const Change& change) const {
    const LotKey key{change.place.item, change.place.lot};
    const bool is_tracked = change.item->tracking != Tracking::none;
    if (is_tracked && key.lot.is_none()) {
        return no(Refusal::lot_missing, change.at.path("lot"), "none", "the lot or serial number");
    }
    if (!is_tracked && !key.lot.is_none()) {
        return no(
            Refusal::lot_not_tracked,
            change.at.path("lot"),
            to_string(key.lot),
            "none: the item has no lots"
        );
    }
    if (!is_tracked) return Nothing{};
    const Lot* lot = state_.lots.find(key);
    if (lot == nullptr) {
        return no(
            Refusal::lot_unknown, change.at.path("lot"), to_string(key.lot), "a lot of this item"
        );
    }
    if (!needs_good_lot(change.reason) || change.original != 0) return Nothing{};
    if (lot->is_quarantined) {
        return no(
            Refusal::lot_quarantined,
            change.at.path("lot"),
            to_string(key.lot),
            "a lot not in quarantine"
        );
    }
    if (!lot->expiry.is_none() && lot->expiry < header_.days.date) {
        return no(
            Refusal::lot_expired,
            change.at.path("lot"),
            fmt::format("{} expired on {}", to_string(key.lot), to_string(lot->expiry)),
            "a lot that has not expired"
        );
    }
    return Nothing{};
}

Judged<Nothing> Moving::check_on_hand(const Change& change) const {
    const bool may_lack = change.item->tracking == Tracking::none &&
                          rules_of(state_, change.item->group).allows_negative;
    if (may_lack) return Nothing{};
    const std::uint32_t* number = state_.places.find(change.place);
    const std::int64_t own = changed_at(change.place);
    const DayRank moment = moment_of(change);
    QuantityCurve::Short found{moment.day, 0};
    if (number != nullptr) {
        const auto lack =
            state_.quantities.find(*number)->first_short(moment, change.quantity - own);
        if (!lack) return Nothing{};
        found = *lack;
    } else if (own >= change.quantity) {
        return Nothing{};
    }
    return no(
        Refusal::not_enough_on_hand,
        change.at.path("quantity"),
        fmt::format(
            "{} at {} on {}",
            words(found.on_hand + own),
            to_string(change.place.location),
            to_string(found.day)
        ),
        words(change.quantity)
    );
}

Judged<Nothing> Moving::check_promises(const Change& change) {
    const auto lack = promises_.take(change.place, change.quantity, header_.order);
    if (!lack) return Nothing{};
    return no(
        Refusal::reserved_for_others,
        change.at.path("quantity"),
        fmt::format("{} not reserved at {}", words(lack->free), to_string(lack->location)),
        words(change.quantity)
    );
}

Judged<Nothing> Moving::check_standard(const Change& change) const {
    const Date day = header_.days.date;
    return inventory::check_standard(state_, change.place.item, day, change.at.path("item"));
}

Judged<Nothing> Moving::check_fits(const Change& change, const MovedLine& line) const {
    if (costing_.fits(line)) return Nothing{};
    return no(
        Refusal::quantity_too_large,
        change.at.path("quantity"),
        words(change.quantity),
        "a quantity and value that the item's totals have room for"
    );
}

MovedLine Moving::line_of(const Change& change, std::int64_t quantity) {
    MovedLine line;
    line.pool = costing_.pool_at(change.place, *change.item, header_.days.date);
    line.moment_bits = cost_moment_of(change, costing_.take_sequence()).bits();
    line.reason = change.reason;
    line.is_costed = true;
    line.source_line = change.source_line;
    line.quantity = quantity;
    line.original = change.original;
    return line;
}

StockLine Moving::told(
    const Change& change, const MovedLine& line, std::uint64_t sequence, const Told& what
) const {
    const Currency base = state_.settings.get().base;
    return {
        wired(change.place.item),
        wired(change.item->posting_group),
        wired(state_.locations.find(change.place.location)->warehouse),
        wired(change.place.location),
        wired(change.place.lot),
        wired(costing_.pool(line.pool).key.scope),
        wired(Quantity::from_milli(what.quantity)),
        wired(Money::from_minor(what.value, base)),
        sequence,
        what.original,
        line.source_line,
        what.reason,
        what.is_provisional};
}

void Moving::push(const Change& change, const MovedLine& line, const Booked& booked) {
    const Currency base = state_.settings.get().base;
    const std::uint64_t sequence = line.moment().sequence();
    lines_.push_back(told(
        change,
        line,
        sequence,
        {line.quantity, booked.value, line.original, line.reason, booked.is_provisional}
    ));
    changed_[change.place] += line.quantity;
    if (booked.variance != 0) {
        variances_.emplace_back(sequence, wired(Money::from_minor(booked.variance, base)));
    }
    costing_.count_taken(line.original, change.quantity, !header_.reverses.is_none());
    if (booked.true_up == 0) return;
    lines_.push_back(told(
        change,
        line,
        costing_.take_sequence(),
        {0, booked.true_up, sequence, MoveReason::true_up, false}
    ));
}

Judged<std::uint64_t> Moving::receive(const Change& change, std::int64_t value) {
    MovedLine line = line_of(change, change.quantity);
    line.value = value;
    if (auto checked = check_fits(change, line); !checked.ok()) return checked.refused();
    const Booked booked = costing_.receive(change.place, line);
    costing_.put_line(line.moment().sequence(), line);
    costing_.make_good(line);
    promises_.bring(change.place, change.quantity);
    push(change, line, booked);
    return line.moment().sequence();
}

Judged<std::uint64_t> Moving::bring(const Change& change, std::int64_t value, const LotGiven& lot) {
    if (auto checked = check_lot_in(change, lot); !checked.ok()) return checked.refused();
    if (auto checked = check_standard(change); !checked.ok()) return checked.refused();
    return receive(change, value);
}

Judged<std::uint64_t> Moving::bring_at_present_cost(const Change& change, const LotGiven& lot) {
    if (auto checked = check_lot_in(change, lot); !checked.ok()) return checked.refused();
    if (auto checked = check_standard(change); !checked.ok()) return checked.refused();
    MovedLine line = line_of(change, change.quantity);
    line.value = costing_.present_cost(line);
    if (auto checked = check_fits(change, line); !checked.ok()) return checked.refused();
    const Booked booked = costing_.receive(change.place, line);
    costing_.put_line(line.moment().sequence(), line);
    costing_.make_good(line);
    promises_.bring(change.place, change.quantity);
    push(change, line, booked);
    return line.moment().sequence();
}

Judged<std::uint64_t> Moving::bring_back(const Change& change) {
    DAYBOOK_ASSERT(change.original != 0);
    if (auto checked = check_lot_in(change, {}); !checked.ok()) return checked.refused();
    const std::int64_t worth = costing_.worth_of_next(
        {change.original, change.quantity, cost_moment_of(change, costing_.next_sequence())}
    );
    const auto brought = receive(change, worth);
    if (!brought.ok()) return brought;
    costing_.tie_next(change.original, brought.value(), change.quantity);
    return brought;
}

Judged<std::uint64_t> Moving::prepare_issue(const Change& change) {
    if (auto checked = check_lot_out(change); !checked.ok()) return checked.refused();
    if (auto checked = check_on_hand(change); !checked.ok()) return checked.refused();
    if (auto checked = check_promises(change); !checked.ok()) return checked.refused();
    if (auto checked = check_standard(change); !checked.ok()) return checked.refused();
    const MovedLine line = line_of(change, -change.quantity);
    if (auto checked = check_fits(change, line); !checked.ok()) return checked.refused();
    const std::uint64_t sequence = line.moment().sequence();
    costing_.put_line(sequence, line);
    return sequence;
}

Judged<std::uint64_t> Moving::take(const Change& change) {
    const auto sequence = prepare_issue(change);
    if (!sequence.ok()) return sequence;
    MovedLine line = *costing_.find_line(sequence.value());
    const Booked booked = costing_.issue(change.place, line);
    line.value = booked.value;
    costing_.put_line(sequence.value(), line);
    push(change, line, booked);
    return sequence;
}

Judged<std::uint64_t> Moving::take_at(const Change& change, std::int64_t value) {
    const auto sequence = prepare_issue(change);
    if (!sequence.ok()) return sequence;
    MovedLine line = *costing_.find_line(sequence.value());
    Booked booked = costing_.issue(change.place, line);
    booked.variance = -value - booked.value;
    line.value = booked.value;
    costing_.put_line(sequence.value(), line);
    push(change, line, booked);
    return sequence;
}

Judged<std::uint64_t> Moving::carry(const Change& change, const Id& to) {
    Change arriving = change;
    arriving.place.location = to;
    if (auto checked = check_place_in(arriving); !checked.ok()) return checked.refused();
    if (auto checked = check_lot_out(change); !checked.ok()) return checked.refused();
    if (auto checked = check_on_hand(change); !checked.ok()) return checked.refused();
    if (auto checked = check_standard(change); !checked.ok()) return checked.refused();
    if (const auto lack = promises_.carry(change.place, arriving.place, change.quantity)) {
        return no(
            Refusal::reserved_for_others,
            change.at.path("quantity"),
            fmt::format("{} not reserved at {}", words(lack->free), to_string(lack->location)),
            words(change.quantity)
        );
    }
    MovedLine out = line_of(change, -change.quantity);
    MovedLine in = line_of(arriving, change.quantity);
    const std::uint64_t sequence = out.moment().sequence();
    in.original = sequence;
    out.is_costed = in.is_costed = out.pool != in.pool;
    Booked left;
    Booked arrived;
    if (out.is_costed) {
        if (auto checked = check_fits(change, out); !checked.ok()) return checked.refused();
        left = costing_.issue(change.place, out);
        out.value = left.value;
        in.value = -left.value;
    } else {
        costing_.carry(change.place, arriving.place, out);
    }
    costing_.put_line(sequence, out);
    push(change, out, left);
    if (in.is_costed) {
        if (auto checked = check_fits(arriving, in); !checked.ok()) return checked.refused();
        arrived = costing_.receive(arriving.place, in);
    }
    costing_.put_line(in.moment().sequence(), in);
    if (in.is_costed) {
        costing_.make_good(in);
        costing_.tie(
            {.inputs = {sequence},
             .parts = {{in.moment().sequence(), change.quantity}},
             .whole = change.quantity}
        );
    }
    push(arriving, in, arrived);
    return in.moment().sequence();
}

Judged<Nothing> Moving::become(
    const std::vector<std::uint64_t>& inputs, const std::vector<Output>& outputs
) {
    std::int64_t cost = 0;
    for (const std::uint64_t input : inputs) cost -= costing_.find_line(input)->value;
    Tie tie{.inputs = inputs, .parts = {}, .whole = 0};
    for (const Output& output : outputs) tie.parts.push_back({0, output.weight});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const std::int64_t value = costing_.share_of(tie, i, cost);
        const auto brought = bring(outputs[i].change, value, outputs[i].lot);
        if (!brought.ok()) return brought.refused();
        tie.parts[i].sequence = brought.value();
        weights_.emplace_back(brought.value(), static_cast<std::uint64_t>(outputs[i].weight));
    }
    costing_.tie(tie);
    return Nothing{};
}

}  // namespace daybook::inventory
