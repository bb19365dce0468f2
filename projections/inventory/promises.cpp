// What is still to come of each item by purchase orders and transfers, and what is held by
// reservations.

#include <algorithm>

#include "projections/inventory/rows.hpp"

namespace daybook::inventory {
namespace {

// When and by which event; counts its changes.
struct Telling {
    const ExpectedRows& rows;
    Date day;
    std::uint64_t position;
    std::uint16_t line = 0;

    void add(const ExpectedKey& key, ExpectedSum sum) {
        if (sum.ordered.is_zero() && sum.reserved.is_zero() && sum.under_way.is_zero()) return;
        const PostingPlace<ExpectedKey> place{.key = key, .effective = day, .position = position};
        add_posting(rows.totals, rows.past_totals, place, sum);
        rows.changes.put(
            {position,
             ++line,
             key.item,
             key.warehouse,
             day,
             sum.ordered,
             sum.reserved,
             sum.under_way}
        );
        rows.days.put({key.item, day, position});
    }
};

template <class Event>
Telling telling(const ExpectedRows& rows, const Event& event, const EventHeader& header) {
    return {rows, read(event.date()), header.position()};
}

void hold(Telling& told, ReservationRow& row, Quantity open) {
    told.add({row.item, row.warehouse}, {.reserved = open - row.open});
    row.open = open;
}

// Brings what the totals have of a line to what is to come of it.
void settle_line(Telling& told, ExpectedLineRow& row, bool is_open) {
    Quantity open = row.ordered - row.received;
    if (!is_open || open.is_negative()) open = {};
    told.add({row.item, row.warehouse}, {.ordered = open - row.open});
    row.open = open;
}

void settle_order(Telling& told, const Id& order, bool is_open) {
    ExpectedOrderRow& row = told.rows.order_rows.at(order);
    row.is_open = is_open;
    for (std::uint16_t line = 1; line <= row.line_count; ++line) {
        settle_line(told, told.rows.line_rows.at(order, line), is_open);
    }
}

using OrderedLines = flatbuffers::Vector<const purchasing::OrderedLine*>;
void take_lines(Telling& told, const Id& order, const OrderedLines& given) {
    ExpectedOrderRow& row = told.rows.order_rows.at(order);
    const auto count = static_cast<std::uint16_t>(given.size());
    row.line_count = std::max(row.line_count, count);
    for (std::uint16_t i = 0; i < count; ++i) {
        const purchasing::OrderedLine& line = *given.Get(i);
        ExpectedLineRow& expected_line =
            told.rows.line_rows.at(order, static_cast<std::uint16_t>(i + 1));
        if (expected_line.warehouse != read(line.warehouse())) {
            settle_line(told, expected_line, false);
        }
        expected_line.item = read(line.item());
        expected_line.warehouse = read(line.warehouse());
        expected_line.expected = read(line.expected());
        const bool is_goods = line.kind() == purchasing::ItemKind::goods;
        expected_line.ordered = is_goods ? read(line.quantity()) : Quantity{};
    }
}

}  // namespace

void take(ExpectedRows rows, const StockReserved& event, const EventHeader& header) {
    ReservationRow& row = rows.reservation_rows.at(read(event.reservation()));
    row.item = read(event.item());
    row.location = read(event.location());
    const LocationRow* place = rows.places.find(row.location);
    if (place != nullptr) row.warehouse = place->warehouse;
    row.lot = read_or_none(event.lot());
    row.order = read_or_none(event.order());
    row.date = read(event.date());
    row.expires = read_or_none(event.expires());
    row.quantity = read(event.quantity());
    Telling told = telling(rows, event, header);
    hold(told, row, row.quantity);
}

void take(ExpectedRows rows, const ReservationPicked& event, const EventHeader&) {
    rows.reservation_rows.at(read(event.reservation())).is_picked = true;
}

void take(ExpectedRows rows, const ReservationReleased& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    hold(told, rows.reservation_rows.at(read(event.reservation())), {});
}

void take(ExpectedRows rows, const ReservationExpired& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    hold(told, rows.reservation_rows.at(read(event.reservation())), {});
}

void take(ExpectedRows rows, const ReservationUsed& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    ReservationRow& row = rows.reservation_rows.at(read(event.reservation()));
    hold(told, row, row.open - read(event.quantity()));
}

void take(ExpectedRows rows, const StockMoved& event, const EventHeader& header) {
    if (event.bound_for() == nullptr) return;
    const LocationRow* target = rows.places.find(read(*event.bound_for()));
    if (target == nullptr) return;
    Telling told = telling(rows, event, header);
    for (const StockLine* line : *event.lines()) {
        const LocationRow* place = rows.places.find(read(line->location()));
        if (place == nullptr || place->kind != LocationKind::transit) continue;
        told.add({read(line->item()), target->warehouse}, {.under_way = read(line->quantity())});
    }
}

void take(ExpectedRows rows, const purchasing::OrderPlaced& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    const Id order = read(event.order());
    take_lines(told, order, *event.lines());
    settle_order(told, order, !event.needs_approval());
}

void take(ExpectedRows rows, const purchasing::OrderApproved& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    settle_order(told, read(event.order()), true);
}

void take(ExpectedRows rows, const purchasing::OrderRejected& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    settle_order(told, read(event.order()), false);
}

void take(ExpectedRows rows, const purchasing::OrderAmended& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    const Id order = read(event.order());
    take_lines(told, order, *event.lines());
    settle_order(told, order, !event.needs_approval());
}

void take(ExpectedRows rows, const purchasing::OrderClosedShort& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    settle_order(told, read(event.order()), false);
}

void take(ExpectedRows rows, const purchasing::OrderCancelled& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    settle_order(told, read(event.order()), false);
}

void take(ExpectedRows rows, const purchasing::GoodsReceived& event, const EventHeader& header) {
    Telling told = telling(rows, event, header);
    const Id order = read(event.order());
    const bool is_open = rows.order_rows.at(order).is_open;
    for (const purchasing::ReceivedLine* line : *event.lines()) {
        ExpectedLineRow& row = rows.line_rows.at(order, line->order_line());
        row.received += read(line->accepted());
        settle_line(told, row, is_open);
    }
}

void take(
    ExpectedRows rows, const purchasing::GoodsReturnedToSupplier& event, const EventHeader& header
) {
    if (!event.is_replaced()) return;
    Telling told = telling(rows, event, header);
    const Id order = read(event.order());
    const bool is_open = rows.order_rows.at(order).is_open;
    for (const purchasing::ReturnedLine* line : *event.lines()) {
        ExpectedLineRow& row = rows.line_rows.at(order, line->order_line());
        row.received -= read(line->quantity());
        settle_line(told, row, is_open);
    }
}

void project(
    Rows<ReorderRuleRow>& rows, const purchasing::ReorderRuleSet& event, const EventHeader& header
) {
    rows.put({
        .item = read(event.item()),
        .warehouse = read(event.warehouse()),
        .reorder_point = read(event.reorder_point()),
        .maximum = read(event.maximum()),
        .is_active = event.is_active(),
        .position = header.position(),
    });
}

}  // namespace daybook::inventory
