// What other modules' events say, as far as purchasing asks: parties, taxes, rates, periods, bills
// and payments, items and what is in stock.

#include <algorithm>

#include "engine/domain/purchasing/common.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

// A payment's own allocation settles bills with what is not its advance.
template <class Event>
void settle_advances(Purchasing& state, const Event& event, std::int64_t sign) {
    for (const accounting::SettledItem* item : *event.items()) {
        const Id payment = read(item->document());
        if (payment == read(event.allocation()) || !state.advances.contains(payment)) continue;
        Advance& advance = state.advances.at(payment);
        const Money amount = read(item->amount());
        const Money size = amount.is_negative() ? -amount : amount;
        advance.left += sign < 0 ? -size : size;
    }
}

void end_reservation(Purchasing& state, Id id, Quantity quantity) {
    if (!state.reservations.contains(id)) return;
    Reservation& reservation = state.reservations.at(id);
    quantity = std::min(quantity, reservation.quantity);
    state.reserved.at(reservation.place) -= quantity;
    reservation.quantity -= quantity;
    if (reservation.quantity.is_zero()) state.reservations.erase(id);
}
void end_reservation(Purchasing& state, Id id) {
    end_reservation(state, id, state.reservations.get(id).quantity);
}

}  // namespace

void listen(Purchasing& state, const accounting::BookConfigured& event) {
    state.book.edit().base = read(event.base_currency());
}
void listen(Purchasing& state, const accounting::FiscalYearOpened& event) {
    state.days.learn(event);
}
void listen(Purchasing& state, const accounting::PeriodSoftClosed& event) {
    state.days.learn(event);
}
void listen(Purchasing& state, const accounting::PeriodClosed& event) {
    state.days.learn(event);
}
void listen(Purchasing& state, const accounting::PeriodReopened& event) {
    state.days.learn(event);
}
void listen(Purchasing& state, const accounting::FiscalYearClosed& event) {
    state.days.learn(event);
}
void listen(Purchasing& state, const accounting::FiscalYearReopened& event) {
    state.days.learn(event);
}

void listen(Purchasing& state, const accounting::TaxCodeDefined& event) {
    TaxCode& code = state.tax_codes.at(read(event.tax_code()));
    code.is_for_purchases = event.side() == accounting::TaxSide::input;
    code.is_exempt = event.treatment() == accounting::TaxTreatment::exempt;
    code.is_reverse_charge = event.treatment() == accounting::TaxTreatment::reverse_charge;
}
void listen(Purchasing& state, const accounting::TaxRateSet& event) {
    std::vector<DatedRate>& rates = state.tax_codes.at(read(event.tax_code())).rates;
    const DatedRate dated{read(event.from()), read(event.rate())};
    const auto place = std::ranges::lower_bound(rates, dated.from, {}, &DatedRate::from);
    if (place != rates.end() && place->from == dated.from) {
        place->rate = dated.rate;
    } else {
        rates.insert(place, dated);
    }
    DAYBOOK_ASSERT(std::ranges::is_sorted(rates, {}, &DatedRate::from));
}
void listen(Purchasing& state, const accounting::ExchangeRatePublished& event) {
    state.exchange_rates.at({read(event.currency()), read(event.date())}) = read(event.rate());
}

void listen(Purchasing& state, const accounting::BillRecorded& event) {
    state.bill_numbers.at({copy(event.number()), read(event.party())}) = Presence{};
}
void listen(Purchasing& state, const accounting::PaymentRecorded& event) {
    const Money advance = read(event.advance());
    if (event.direction() != accounting::PaymentDirection::made || advance.is_zero()) return;
    state.advances.at(read(event.payment())) = {
        .supplier = read(event.party()),
        .left = advance,
        .assigned = Money::from_minor(0, advance.currency())};
}
void listen(Purchasing& state, const accounting::PaymentReversed& event) {
    state.advances.erase(read(event.payment()));
}
void listen(Purchasing& state, const accounting::AllocationMade& event) {
    settle_advances(state, event, -1);
}
void listen(Purchasing& state, const accounting::AllocationUndone& event) {
    settle_advances(state, event, 1);
}

void listen(Purchasing& state, const crm::PartyRegistered& event) {
    state.parties.at(read(event.party())).is_active = true;
}
void listen(Purchasing& state, const crm::PartyDeactivated& event) {
    state.parties.at(read(event.party())).is_active = false;
}
void listen(Purchasing& state, const crm::PartyReactivated& event) {
    state.parties.at(read(event.party())).is_active = true;
}
void listen(Purchasing& state, const crm::PartiesMerged& event) {
    DAYBOOK_ASSERT(read(event.into()) != read(event.from()));
    state.parties.at(read(event.from())).merged_into = read(event.into());
}
void listen(Purchasing& state, const crm::PartiesUnmerged& event) {
    state.parties.at(read(event.from())).merged_into = Id{};
}

void listen(Purchasing& state, const inventory::StockItemDefined& event) {
    Item& item = state.items.at(read(event.item()));
    item.stock_kind = event.kind();
    item.stock_posting_group = read(event.posting_group());
    item.stock_is_active = event.is_active();
}
void listen(Purchasing& state, const inventory::LocationDefined& event) {
    state.places.at(read(event.location())) = {
        .warehouse = read(event.warehouse()),
        .is_internal = event.kind() == inventory::LocationKind::internal};
}
void listen(Purchasing& state, const inventory::StockMoved& event) {
    const Id bound_for = read_or_none(event.bound_for());
    for (const inventory::StockLine* line : *event.lines()) {
        const Id item = read(line->item());
        if (state.places.get(read(line->location())).is_internal) {
            state.on_hand.at({item, read(line->warehouse())}) += read(line->quantity());
        } else if (!bound_for.is_none()) {
            const Id warehouse = state.places.get(bound_for).warehouse;
            state.under_way.at({item, warehouse}) += read(line->quantity());
        }
    }
}
void listen(Purchasing& state, const inventory::StockReserved& event) {
    const ItemPlace place{read(event.item()), state.places.get(read(event.location())).warehouse};
    const Quantity quantity = read(event.quantity());
    state.reservations.at(read(event.reservation())) = {.place = place, .quantity = quantity};
    state.reserved.at(place) += quantity;
}
void listen(Purchasing& state, const inventory::ReservationReleased& event) {
    end_reservation(state, read(event.reservation()));
}
void listen(Purchasing& state, const inventory::ReservationExpired& event) {
    end_reservation(state, read(event.reservation()));
}
void listen(Purchasing& state, const inventory::ReservationUsed& event) {
    end_reservation(state, read(event.reservation()), read(event.quantity()));
}

}  // namespace daybook::purchasing
