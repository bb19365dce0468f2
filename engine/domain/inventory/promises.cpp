// What is on hand and what of it is promised, while a decision works on a copy of it.

#include "engine/domain/inventory/promises.hpp"

#include <algorithm>
#include <limits>

namespace daybook::inventory {
namespace {

Id parent_of(const Stock& state, const Id& location) {
    const Location* found = state.locations.find(location);
    DAYBOOK_ASSERT(found != nullptr);
    return found->parent;
}

bool is_around(const Stock& state, const Id& outer, Id inner) {
    for (; !inner.is_none(); inner = parent_of(state, inner)) {
        if (inner == outer) return true;
    }
    return false;
}

// Whether the reservation can be served from this place.
bool covers(const Stock& state, const Reservation& reservation, const PlaceKey& place) {
    if (reservation.item != place.item) return false;
    if (!reservation.lot.is_none()) {
        return reservation.lot == place.lot && reservation.location == place.location;
    }
    return is_around(state, reservation.location, place.location);
}

}  // namespace

Held Promises::held(const HeldKey& key) const {
    Held held = state_.held.get(key);
    const auto change = changes_.find(key);
    if (change == changes_.end()) return held;
    held.on_hand += change->second.on_hand;
    held.quarantined += change->second.quarantined;
    held.reserved += change->second.reserved;
    return held;
}

bool Promises::is_quarantined(const PlaceKey& place) const {
    if (place.lot.is_none()) return false;
    const Lot* lot = state_.lots.find({place.item, place.lot});
    return lot != nullptr && lot->is_quarantined;
}

void Promises::move(const PlaceKey& place, std::int64_t quantity) {
    const bool quarantined = is_quarantined(place);
    for (Id at = place.location; !at.is_none(); at = parent_of(state_, at)) {
        Change& change = changes_[{place.item, at, {}}];
        change.on_hand += quantity;
        if (quarantined) change.quarantined += quantity;
    }
    if (!place.lot.is_none()) {
        changes_[{place.item, place.location, place.lot}].on_hand += quantity;
    }
}

void Promises::bring(const PlaceKey& place, std::int64_t quantity) {
    move(place, quantity);
}

std::int64_t Promises::used_of(const Id& reservation) const {
    std::int64_t sum = 0;
    for (const Used& used : used_) {
        if (used.reservation == reservation) sum += used.quantity;
    }
    return sum;
}

void Promises::unreserve(const Reservation& reservation, std::int64_t quantity) {
    for (Id at = reservation.location; !at.is_none(); at = parent_of(state_, at)) {
        changes_[{reservation.item, at, {}}].reserved -= quantity;
    }
    if (!reservation.lot.is_none()) {
        changes_[{reservation.item, reservation.location, reservation.lot}].reserved -= quantity;
    }
}

// Those of the lot first, then the nearer ones, because less can serve them.
std::vector<Promises::Own> Promises::own_of(const PlaceKey& place, const Id& order) const {
    std::vector<Own> own;
    const std::vector<Id>* all = state_.order_reservations.find(order);
    if (order.is_none() || all == nullptr) return own;
    const auto add = [&](const Id& location, bool is_of_lot) {
        for (const Id& id : *all) {
            const Reservation& reservation = *state_.reservations.find(id);
            if (reservation.lot.is_none() == is_of_lot || reservation.location != location)
                continue;
            if (!covers(state_, reservation, place)) continue;
            const std::int64_t left = reservation.quantity - used_of(id);
            if (left <= 0 || std::ranges::find(lapsed_, id) != lapsed_.end()) continue;
            own.push_back({id, &reservation, left});
        }
    };
    add(place.location, true);
    for (Id at = place.location; !at.is_none(); at = parent_of(state_, at)) add(at, false);
    return own;
}

void Promises::use(const PlaceKey& place, std::int64_t quantity, const Id& order) {
    for (const Own& own : own_of(place, order)) {
        const std::int64_t part = std::min(own.left, quantity);
        if (part == 0) return;
        used_.push_back({own.id, part});
        unreserve(*own.reservation, part);
        quantity -= part;
    }
}

// What is held longer than it was asked for is free again.
bool Promises::lapse(const Id& item) {
    if (std::ranges::find(items_lapsed_, item) != items_lapsed_.end()) return false;
    items_lapsed_.push_back(item);
    bool found = false;
    for (auto it = state_.expiries.from({item, Date{}, {}}); it != state_.expiries.end(); ++it) {
        if (it->first.item != item || it->first.expires >= today_) break;
        const Id id = it->first.reservation;
        const Reservation* reservation = state_.reservations.find(id);
        DAYBOOK_ASSERT(reservation != nullptr);
        if (used_of(id) > 0) continue;
        lapsed_.push_back(id);
        unreserve(*reservation, reservation->quantity);
        found = true;
    }
    return found;
}

// `quantity` is what is to be taken or reserved on top of what counts already. What is held back
// cannot be reserved, but may leave as long as there is as much as was promised.
std::optional<Promises::Lack> Promises::find_lack(
    const PlaceKey& place, std::int64_t quantity, bool is_taken, const Id& to
) const {
    const bool leaves_quarantine = is_taken && is_quarantined(place);
    if (!place.lot.is_none()) {
        const Held lot = held({place.item, place.location, place.lot});
        const std::int64_t free = lot.on_hand - lot.reserved;
        if (free < quantity && (lot.reserved > 0 || !is_taken)) return Lack{place.location, free};
    }
    for (Id at = place.location; !at.is_none(); at = parent_of(state_, at)) {
        if (is_around(state_, at, to)) break;
        const Held around = held({place.item, at, {}});
        const std::int64_t held_back = leaves_quarantine ? 0 : around.quarantined;
        const std::int64_t free = around.on_hand - held_back - around.reserved;
        if (free < quantity && (around.reserved > 0 || !is_taken)) return Lack{at, free};
    }
    return std::nullopt;
}

std::optional<Promises::Lack> Promises::take(
    const PlaceKey& place, std::int64_t quantity, const Id& order
) {
    use(place, quantity, order);
    std::optional<Lack> lack = find_lack(place, quantity, true, {});
    if (lack && lapse(place.item)) lack = find_lack(place, quantity, true, {});
    if (lack) return lack;
    move(place, -quantity);
    return std::nullopt;
}

std::int64_t Promises::free_at(const PlaceKey& place, const Id& order) const {
    const std::vector<Own> all = own_of(place, order);
    const auto own_within = [&](const Id& location, bool is_of_lot) {
        std::int64_t sum = 0;
        for (const Own& own : all) {
            if (is_of_lot && own.reservation->lot.is_none()) continue;
            if (is_around(state_, location, own.reservation->location)) sum += own.left;
        }
        return sum;
    };
    std::int64_t free = std::numeric_limits<std::int64_t>::max();
    if (!place.lot.is_none()) {
        const Held lot = held({place.item, place.location, place.lot});
        free = lot.on_hand - lot.reserved + own_within(place.location, true);
    }
    for (Id at = place.location; !at.is_none(); at = parent_of(state_, at)) {
        const Held around = held({place.item, at, {}});
        const std::int64_t there = around.on_hand - around.quarantined - around.reserved;
        free = std::min(free, there + own_within(at, false));
    }
    return free;
}

std::int64_t Promises::can_take(const PlaceKey& place, std::int64_t quantity, const Id& order) {
    std::int64_t free = free_at(place, order);
    if (free < quantity && lapse(place.item)) free = free_at(place, order);
    return std::min(free, quantity);
}

bool Promises::is_held_for(const PlaceKey& place, const Id& order) const {
    const std::vector<Own> all = own_of(place, order);
    return !all.empty() && all.front().reservation->location == place.location;
}

std::optional<Promises::Lack> Promises::carry(
    const PlaceKey& from, const PlaceKey& to, std::int64_t quantity
) {
    std::optional<Lack> lack = find_lack(from, quantity, true, to.location);
    if (lack && lapse(from.item)) lack = find_lack(from, quantity, true, to.location);
    if (lack) return lack;
    move(from, -quantity);
    move(to, quantity);
    return std::nullopt;
}

std::optional<Promises::Lack> Promises::reserve(const PlaceKey& place, std::int64_t quantity) {
    std::optional<Lack> lack = find_lack(place, quantity, false, {});
    if (lack && lapse(place.item)) lack = find_lack(place, quantity, false, {});
    return lack;
}

void count_on_hand(Stock& state, const PlaceKey& place, std::int64_t change) {
    bool quarantined = false;
    if (!place.lot.is_none()) {
        const Lot* lot = state.lots.find({place.item, place.lot});
        quarantined = lot != nullptr && lot->is_quarantined;
        state.held.at({place.item, place.location, place.lot}).on_hand += change;
    }
    for (Id at = place.location; !at.is_none(); at = parent_of(state, at)) {
        Held& held = state.held.at({place.item, at, {}});
        held.on_hand += change;
        if (quarantined) held.quarantined += change;
    }
}

void count_reserved(Stock& state, const Reservation& reservation, std::int64_t change) {
    for (Id at = reservation.location; !at.is_none(); at = parent_of(state, at)) {
        Held& held = state.held.at({reservation.item, at, {}});
        held.reserved += change;
        DAYBOOK_ASSERT(held.reserved >= 0);
    }
    if (reservation.lot.is_none()) return;
    Held& lot = state.held.at({reservation.item, reservation.location, reservation.lot});
    lot.reserved += change;
    DAYBOOK_ASSERT(lot.reserved >= 0);
}

}  // namespace daybook::inventory
