// What each event changed of the lines of orders. The order's row is still as it was before the
// event.

#include <algorithm>

#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {
namespace {

// Where it is kept which lines wait for something, and which moved when.
struct Waiting {
    OpenLines& open;
    LineDays& days;
    LinePositions& positions;

    void note(const LineMoveRow& move) {
        OpenLineRow& row = open.at(move.order, move.line);
        row.accrued += move.accrued;
        row.transit += move.transit;
        row.credit += move.credit;
        row.unbilled += move.unbilled;
        row.ahead += move.ahead;
        row.returned += move.returned;
        const bool is_open = !row.accrued.is_zero() || !row.transit.is_zero() ||
                             !row.credit.is_zero() || !row.unbilled.is_zero() ||
                             !row.ahead.is_zero() || !row.returned.is_zero();
        if (!is_open) open.erase(move.order, move.line);
        days.put({move.accounting_date, move.position, move.order, move.line});
        positions.put({move.position, move.order, move.line});
    }
};

// Puts the moves of one event on the lines of one order.
struct MoveStep {
    LineMoves& moves;
    const OrderRow& order;
    Date date;
    std::uint64_t position;
    Waiting* waiting = nullptr;  // None: of what was ordered and promised nothing waits.
    std::uint16_t parts = 0;

    void note(LineMoveRow move) {
        const OrderedNow& line = order.lines[move.line - 1U];
        if (move.item.is_none()) {
            move.item = line.item;
            move.item_kind = line.stand.kind;
        }
        move.order = order.order;
        move.supplier = order.supplier;
        move.position = position;
        move.part = ++parts;
        move.date = date;
        if (move.accounting_date.is_none()) move.accounting_date = date;
        if (waiting != nullptr) waiting->note(move);
        moves.put(std::move(move));
    }
};

template <class Event>
MoveStep step_of(Orders& rows, LineMoves& moves, const Event& event, const Header& header) {
    const OrderRow* order = rows.find(read(event.order()));
    DAYBOOK_ASSERT(order != nullptr);
    return {moves, *order, read(event.date()), header.position()};
}

// How the lines differ from those before.
template <class Event>
void note_lines(MoveStep& step, MoveKind kind, const Event& event) {
    const auto& lines = *event.lines();
    const Currency currency = read(event.net()).currency();
    const std::vector<OrderedNow>& before = step.order.lines;
    for (std::size_t i = 0; i < std::max<std::size_t>(lines.size(), before.size()); ++i) {
        const bool is_there = i < lines.size();
        const OrderedLine* line =
            is_there ? lines.Get(static_cast<flatbuffers::uoffset_t>(i)) : nullptr;
        const OrderedNow old = i < before.size() ? before[i] : OrderedNow{};
        const Quantity quantity = is_there ? read(line->quantity()) : Quantity{};
        const std::int64_t net = is_there ? line->net().minor() : 0;
        step.note(
            {.line = static_cast<std::uint16_t>(i + 1),
             .kind = kind,
             .document = step.order.order,
             .item = is_there ? read(line->item()) : old.item,
             .expected = is_there ? read(line->expected()) : old.expected,
             .quantity = quantity - old.stand.quantity,
             .net = Money::from_minor(net - old.net_minor, currency),
             .item_kind = is_there ? line->kind() : old.stand.kind}
        );
    }
}

}  // namespace

const char* name_of(MoveKind kind) {
    switch (kind) {
        case MoveKind::ordered: return "ordered";
        case MoveKind::amended: return "amended";
        case MoveKind::promised: return "promised";
        case MoveKind::received: return "received";
        case MoveKind::returned: return "returned";
        case MoveKind::billed: return "billed";
        case MoveKind::released: return "released";
    }
    return "";
}

void project(Orders&, LineMoves& moves, const OrderPlaced& event, const Header& header) {
    OrderRow placed;
    placed.order = read(event.order());
    placed.supplier = read(event.supplier());
    placed.lines.resize(event.lines()->size());
    MoveStep step{moves, placed, read(event.date()), header.position()};
    note_lines(step, MoveKind::ordered, event);
}
void project(Orders& rows, LineMoves& moves, const OrderAmended& event, const Header& header) {
    OrderRow order = *rows.find(read(event.order()));
    order.lines.resize(std::max<std::size_t>(order.lines.size(), event.lines()->size()));
    MoveStep step{moves, order, read(event.date()), header.position()};
    note_lines(step, MoveKind::amended, event);
}
void project(Orders& rows, LineMoves& moves, const OrderAcknowledged& event, const Header& header) {
    MoveStep step = step_of(rows, moves, event, header);
    for (const PromisedLine* line : *event.lines()) {
        step.note(
            {.line = line->order_line(),
             .kind = MoveKind::promised,
             .document = step.order.order,
             .expected = read(line->expected())}
        );
    }
}

void project(
    Orders& rows,
    LineMoves& moves,
    OpenLines& open,
    LineDays& days,
    LinePositions& positions,
    const GoodsReceived& event,
    const Header& header
) {
    Waiting waiting{open, days, positions};
    MoveStep step = step_of(rows, moves, event, header);
    step.waiting = &waiting;
    for (const ReceivedLine* line : *event.lines()) {
        const Quantity accepted = read(line->accepted());
        const Quantity ahead = read(line->ahead());
        const Money before = read(line->billed_before());
        step.note(
            {.line = line->order_line(),
             .kind = MoveKind::received,
             .document = read(event.receipt()),
             .accounting_date = read(event.accounting_date()),
             .expected = step.order.lines[line->order_line() - 1U].expected,
             .received = read(line->received()),
             .rejected = read(line->rejected()),
             .accepted = accepted,
             .accrued = read(line->value()) - before,
             .transit = -before,
             .unbilled = accepted - ahead,
             .ahead = -ahead,
             .reason = line->reject_reason()}
        );
    }
}

void project(
    Orders& rows,
    LineMoves& moves,
    OpenLines& open,
    LineDays& days,
    LinePositions& positions,
    const GoodsReturnedToSupplier& event,
    const Header& header
) {
    Waiting waiting{open, days, positions};
    MoveStep step = step_of(rows, moves, event, header);
    step.waiting = &waiting;
    for (const ReturnedLine* line : *event.lines()) {
        const Quantity quantity = read(line->quantity());
        const Quantity billed = read(line->billed());
        step.note(
            {.line = line->order_line(),
             .kind = MoveKind::returned,
             .document = read(event.goods_return()),
             .accounting_date = read(event.accounting_date()),
             .forgone = event.is_replaced() ? Quantity{} : quantity,
             .accepted = -quantity,
             .billed = -billed,
             .accrued = -read(line->accrued()),
             .credit = read(line->credit_expected()),
             .unbilled = billed - quantity,
             .returned = billed,
             .reason = event.reason()}
        );
    }
}

void project(
    Orders& rows,
    LineMoves& moves,
    OpenLines& open,
    LineDays& days,
    LinePositions& positions,
    const BillMatched& event,
    const Header& header
) {
    Waiting waiting{open, days, positions};
    std::uint16_t parts = 0;
    for (const MatchedLine* line : *event.lines()) {
        if (read(line->order()).is_none()) continue;
        const OrderRow& order = *rows.find(read(line->order()));
        MoveStep step{moves, order, read(event.date()), header.position(), &waiting, parts++};
        const Quantity quantity = read(line->quantity());
        const Money value = read(line->value());
        const bool is_returned = line->effect() == MatchEffect::returned;
        LineMoveRow move{
            .line = line->order_line(),
            .kind = event.is_release() ? MoveKind::released : MoveKind::billed,
            .document = read(event.bill()),
            .accounting_date = read(event.accounting_date()),
            .billed = is_returned ? Quantity{} : quantity};
        if (line->kind() == MatchKind::received) move.accrued = -value;
        if (line->kind() == MatchKind::before_receipt) move.transit = value;
        if (line->kind() == MatchKind::returned) move.credit = value;
        if (line->effect() == MatchEffect::received) move.unbilled = -quantity;
        if (line->effect() == MatchEffect::ahead) move.ahead = quantity;
        if (is_returned) move.returned = quantity;
        step.note(std::move(move));
    }
}

}  // namespace daybook::purchasing
