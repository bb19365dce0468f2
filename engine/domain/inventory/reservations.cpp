// Reservations: goods held for an order until they are picked and leave, are let go, or lapse.
// Never more is reserved than is on hand: the append checks it, so two at once cannot both win.

#include <fmt/format.h>

#include "engine/domain/inventory/lines.hpp"
#include "engine/domain/inventory/lots.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/promises.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

Judged<const Reservation*> held_reservation(const Stock& state, const Id& id) {
    if (state.documents.get(id) != DocumentKind::reservation) {
        return no(
            Refusal::reservation_unknown,
            "reservation",
            to_string(id),
            "a reservation that was made"
        );
    }
    const Reservation* found = state.reservations.find(id);
    if (found == nullptr) {
        return no(
            Refusal::reservation_closed, "reservation", to_string(id), "one that is still held"
        );
    }
    return found;
}

// Only a lot that may leave can be promised.
Judged<Nothing> check_lot(const Stock& state, const Id& item_id, const Id& lot, Date date) {
    if (lot.is_none()) return Nothing{};
    if (state.items.find(item_id)->tracking == Tracking::none) {
        return no(Refusal::lot_not_tracked, "lot", to_string(lot), "none: the item has no lots");
    }
    const Lot* found = state.lots.find({item_id, lot});
    if (found == nullptr) {
        return no(Refusal::lot_unknown, "lot", to_string(lot), "a lot of this item");
    }
    if (found->is_quarantined) {
        return no(Refusal::lot_quarantined, "lot", to_string(lot), "a lot not in quarantine");
    }
    if (!found->expiry.is_none() && found->expiry < date) {
        return no(
            Refusal::lot_expired,
            "lot",
            fmt::format("{} expired on {}", to_string(lot), to_string(found->expiry)),
            "a lot that has not expired"
        );
    }
    return Nothing{};
}

Judged<std::int64_t> quantity_to_reserve(
    const Stock& state, const ReserveStock& command, Date date
) {
    const Id item_id = read(command.item());
    const Id location = read(command.location());
    const auto item = stockable_item(state, item_id, "item");
    if (!item.ok()) return item.refused();
    const auto usable = usable_location(state, location, "location");
    if (!usable.ok()) return usable.refused();
    if (usable.value()->kind != LocationKind::internal) {
        return no(
            Refusal::location_not_internal,
            "location",
            fmt::format(
                "{} is {}", to_string(location), EnumNameLocationKind(usable.value()->kind)
            ),
            "an internal place"
        );
    }
    const Id lot = read_or_none(command.lot());
    if (auto no_lot = check_lot(state, item_id, lot, date); !no_lot.ok()) {
        return no_lot.refused();
    }
    return positive_quantity(
        *item.value(), read(command.quantity()), read_or_none(command.unit()), "quantity"
    );
}

void close(Stock& state, const Id& id) {
    const Reservation reservation = state.reservations.get(id);
    DAYBOOK_ASSERT(reservation.quantity > 0);
    count_reserved(state, reservation, -reservation.quantity);
    if (!reservation.expires.is_none()) {
        state.expiries.erase({reservation.item, reservation.expires, id});
    }
    if (!reservation.order.is_none()) {
        std::vector<Id>& all = state.order_reservations.at(reservation.order);
        std::erase(all, id);
        if (all.empty()) state.order_reservations.erase(reservation.order);
    }
    state.reservations.erase(id);
}

}  // namespace

Decision decide(const Stock& state, const ReserveStock& command, const Context& context) {
    const Id id = read(command.reservation());
    const Date date = date_or_today(command.date(), context);
    if (auto is_new = check_new(state, "reservation", id); !is_new.ok()) return is_new.refused();
    const auto quantity = quantity_to_reserve(state, command, date);
    if (!quantity.ok()) return quantity.refused();
    Promises promises{state, context.today};
    const PlaceKey place{
        read(command.item()), read_or_none(command.lot()), read(command.location())};
    if (const auto lack = promises.reserve(place, quantity.value())) {
        return no(
            Refusal::not_enough_to_reserve,
            "quantity",
            fmt::format(
                "{} free at {}",
                to_string(Quantity::from_milli(lack->free)),
                to_string(lack->location)
            ),
            to_string(Quantity::from_milli(quantity.value()))
        );
    }

    Decision decision;
    for (const Id& lapsed : promises.lapsed()) {
        decision.add(ReservationExpiredT{.reservation = lapsed, .date = context.today});
    }
    StockReservedT event;
    event.reservation = id;
    event.item = place.item;
    event.quantity = Quantity::from_milli(quantity.value());
    event.location = place.location;
    event.lot = place.lot;
    event.order = read_or_none(command.order());
    event.order_line = command.order_line();
    event.expires = read_or_none(command.expires());
    event.date = date;
    decision.add(std::move(event));
    return decision;
}

Decision decide(const Stock& state, const PickReservation& command, const Context& context) {
    const Id id = read(command.reservation());
    const auto found = held_reservation(state, id);
    if (!found.ok()) return found.refused();
    if (found.value()->is_picked) {
        return no(
            Refusal::reservation_picked, "reservation", to_string(id), "one that is not picked yet"
        );
    }
    return ReservationPickedT{.reservation = id, .date = date_or_today(command.date(), context)};
}

Decision decide(const Stock& state, const ReleaseReservation& command, const Context& context) {
    const Id id = read(command.reservation());
    if (auto found = held_reservation(state, id); !found.ok()) return found.refused();
    ReservationReleasedT event;
    event.reservation = id;
    event.date = date_or_today(command.date(), context);
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Stock& state, const ExpireReservation& command, const Context& context) {
    const Id id = read(command.reservation());
    const auto found = held_reservation(state, id);
    if (!found.ok()) return found.refused();
    const Date expires = found.value()->expires;
    if (expires.is_none() || expires >= context.today) {
        return no(
            Refusal::reservation_still_valid,
            "reservation",
            expires.is_none() ? "held until it is released" : "held until " + to_string(expires),
            "one whose last day is over"
        );
    }
    return ReservationExpiredT{.reservation = id, .date = date_or_today(command.date(), context)};
}

void apply(Stock& state, const StockReserved& event) {
    const Id id = read(event.reservation());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = DocumentKind::reservation;
    const Reservation reservation{
        .item = read(event.item()),
        .lot = read_or_none(event.lot()),
        .location = read(event.location()),
        .order = read_or_none(event.order()),
        .quantity = read(event.quantity()).milli(),
        .expires = read_or_none(event.expires())};
    state.reservations.at(id) = reservation;
    count_reserved(state, reservation, reservation.quantity);
    if (!reservation.order.is_none()) {
        state.order_reservations.at(reservation.order).push_back(id);
    }
    if (!reservation.expires.is_none()) {
        state.expiries.at({reservation.item, reservation.expires, id}) = true;
    }
}

void apply(Stock& state, const ReservationPicked& event) {
    Reservation& reservation = state.reservations.at(read(event.reservation()));
    DAYBOOK_ASSERT(!reservation.is_picked);
    reservation.is_picked = true;
}

void apply(Stock& state, const ReservationReleased& event) {
    close(state, read(event.reservation()));
}
void apply(Stock& state, const ReservationExpired& event) {
    close(state, read(event.reservation()));
}

void apply(Stock& state, const ReservationUsed& event) {
    const Id id = read(event.reservation());
    const std::int64_t used = read(event.quantity()).milli();
    const Reservation* found = state.reservations.find(id);
    DAYBOOK_ASSERT(found != nullptr);
    DAYBOOK_ASSERT(used <= found->quantity);
    if (used == found->quantity) {
        close(state, id);
        return;
    }
    Reservation& reservation = state.reservations.at(id);
    count_reserved(state, reservation, -used);
    reservation.quantity -= used;
}

}  // namespace daybook::inventory
