// Orders with the status that their events add up to, and what each event changed of their lines.

#include <algorithm>

#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {
namespace {

Quantity at_least(Quantity quantity, Rate missing) {
    const Wide product = static_cast<Wide>(quantity.milli()) * (Rate::one_ppm - missing.ppm());
    return Quantity::from_milli(narrow(divide(product, Rate::one_ppm, Rounding::floor)));
}

std::vector<LineStand> stands_of(const OrderRow& row) {
    std::vector<LineStand> stands;
    stands.reserve(row.lines.size());
    for (const OrderedNow& line : row.lines) stands.push_back(line.stand);
    return stands;
}

void use_requests(Requests& asked, const OrderRow& row, std::int64_t sign) {
    for (const OrderedNow& line : row.lines) {
        if (line.request.is_none()) continue;
        RequestRow& request = asked.at(line.request);
        request.lines[line.request_line - 1U].ordered_milli += sign * line.stand.quantity.milli();
        const auto is_whole = [](const RequestedNow& one) {
            return one.ordered_milli >= one.quantity_milli;
        };
        const auto is_begun = [](const RequestedNow& one) { return one.ordered_milli > 0; };
        request.stage = std::ranges::all_of(request.lines, is_whole) ? RequestStage::ordered
                        : std::ranges::any_of(request.lines, is_begun)
                            ? RequestStage::partly_ordered
                            : RequestStage::approved;
    }
}

// Changes an order's row, its lines' moves and its flags, as one event does.
struct OrderStep {
    Orders& rows;
    OrderChanges& changes;
    LineMoves& moves;
    Requests& asked;
    Id order;
    Date date;
    std::uint64_t position;
    std::uint16_t parts = 0;

    OrderRow& row() { return rows.at(order); }
    void finish() {
        OrderRow& changed = row();
        changed.stage = stage_of(
            changed.flags, stands_of(changed), {changed.under_delivery, changed.bill_quantity}
        );
    }
    void note_flags() {
        const OrderRow& changed = row();
        changes.put({
            .order = order,
            .position = position,
            .date = date,
            .flags = changed.flags,
            .base = changed.base,
        });
        finish();
    }
    void note_move(LineMoveRow move) {
        const OrderRow& changed = row();
        move.order = order;
        move.position = position;
        move.part = ++parts;
        move.supplier = changed.supplier;
        move.item = changed.lines[move.line - 1U].item;
        move.item_kind = changed.lines[move.line - 1U].stand.kind;
        move.date = date;
        if (move.accounting_date.is_none()) move.accounting_date = date;
        moves.put(std::move(move));
    }
};

template <class Event>
OrderStep step_of(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const Event& event,
    const EventHeader& header
) {
    return {
        rows, changes, moves, asked, read(event.order()), read(event.date()), header.position()};
}

// The lines anew; what came of them before stays.
void set_lines(
    OrderStep& step, MoveKind kind, const flatbuffers::Vector<const OrderedLine*>& lines
) {
    OrderRow& row = step.row();
    const std::vector<OrderedNow> before = std::move(row.lines);
    row.lines.clear();
    for (std::size_t i = 0; i < std::max<std::size_t>(lines.size(), before.size()); ++i) {
        const OrderedNow old = i < before.size() ? before[i] : OrderedNow{};
        OrderedNow now = old;
        Money net = Money::from_minor(0, row.net.currency());
        if (i < lines.size()) {
            const OrderedLine& line = *lines.Get(static_cast<flatbuffers::uoffset_t>(i));
            now.item = read(line.item());
            now.request = read(line.request());
            now.request_line = line.request_line();
            now.expected = read(line.expected());
            now.stand.kind = line.kind();
            now.stand.quantity = read(line.quantity());
            net = read(line.net());
        } else {
            now.request = Id{};
            now.stand.quantity = Quantity{};
        }
        now.net_minor = net.minor();
        row.lines.push_back(now);
        step.note_move(
            {.line = static_cast<std::uint16_t>(i + 1),
             .kind = kind,
             .document = step.order,
             .expected = now.expected,
             .quantity = now.stand.quantity - old.stand.quantity,
             .net = net - Money::from_minor(old.net_minor, row.net.currency())}
        );
    }
}

}  // namespace

const char* name_of(OrderStage stage) {
    switch (stage) {
        case OrderStage::to_approve: return "To Approve";
        case OrderStage::to_receive_and_bill: return "To Receive and Bill";
        case OrderStage::to_receive: return "To Receive";
        case OrderStage::to_bill: return "To Bill";
        case OrderStage::completed: return "Completed";
        case OrderStage::on_hold: return "On Hold";
        case OrderStage::closed: return "Closed";
        case OrderStage::cancelled: return "Cancelled";
    }
    return "";
}

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

Quantity to_come(const OrderFlags& flags, const LineStand& line) {
    if (flags.is_closed || flags.is_cancelled || line.kind != ItemKind::goods) return {};
    return std::max(Quantity{}, line.quantity - line.forgone - line.accepted);
}

OrderStage stage_of(
    const OrderFlags& flags, const std::vector<LineStand>& lines, const Tolerated& tolerated
) {
    if (flags.is_cancelled) return OrderStage::cancelled;
    if (flags.is_closed) return OrderStage::closed;
    if (flags.needs_approval) return OrderStage::to_approve;
    if (flags.is_held) return OrderStage::on_hold;
    bool is_received = true;
    bool is_billed = true;
    for (const LineStand& line : lines) {
        const Quantity wanted = std::max(Quantity{}, line.quantity - line.forgone);
        const bool is_goods = line.kind == ItemKind::goods;
        const bool is_here =
            !is_goods || line.accepted >= at_least(wanted, tolerated.under_delivery);
        const Quantity to_bill = is_goods && is_here ? line.accepted : wanted;
        is_received = is_received && is_here;
        is_billed = is_billed && line.billed >= at_least(to_bill, tolerated.bill_quantity);
    }
    if (is_received && is_billed) return OrderStage::completed;
    if (is_received) return OrderStage::to_bill;
    return is_billed ? OrderStage::to_receive : OrderStage::to_receive_and_bill;
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderPlaced& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    OrderRow& row = step.row();
    row.supplier = read(event.supplier());
    row.buyer = read(event.buyer());
    row.date = read(event.date());
    row.reference = copy(event.reference());
    row.rfq = read_or_none(event.rfq());
    row.net = read(event.net());
    row.base = read(event.base());
    row.flags.needs_approval = event.needs_approval();
    row.under_delivery = read(event.under_delivery());
    row.bill_quantity = read(event.bill_quantity());
    row.bill_control = event.bill_control();
    row.rounding_micro = event.rounding_micro();
    row.position = header.position();
    set_lines(step, MoveKind::ordered, *event.lines());
    use_requests(asked, step.row(), 1);
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderAmended& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    use_requests(asked, step.row(), -1);
    OrderRow& row = step.row();
    row.buyer = read(event.buyer());
    row.net = read(event.net());
    row.base = read(event.base());
    row.version = event.version();
    row.rounding_micro = event.rounding_micro();
    row.flags.needs_approval = event.needs_approval();
    set_lines(step, MoveKind::amended, *event.lines());
    use_requests(asked, step.row(), 1);
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderApproved& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    step.row().flags.needs_approval = false;
    step.row().approver = read(event.approver());
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderRejected& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    use_requests(asked, step.row(), -1);
    step.row().flags.is_cancelled = true;
    step.row().approver = read(event.approver());
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderAcknowledged& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    for (const PromisedLine* line : *event.lines()) {
        step.row().lines[line->order_line() - 1U].expected = read(line->expected());
        step.note_move(
            {.line = line->order_line(),
             .kind = MoveKind::promised,
             .document = step.order,
             .expected = read(line->expected())}
        );
    }
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderHeld& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    step.row().flags.is_held = true;
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderReleased& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    step.row().flags.is_held = false;
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderClosedShort& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    step.row().flags.is_closed = true;
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const OrderCancelled& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    use_requests(asked, step.row(), -1);
    step.row().flags.is_cancelled = true;
    step.note_flags();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const GoodsReceived& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    for (const ReceivedLine* line : *event.lines()) {
        OrderedNow& ordered = step.row().lines[line->order_line() - 1U];
        const Quantity accepted = read(line->accepted());
        const Quantity ahead = read(line->ahead());
        const Money before = read(line->billed_before());
        ordered.stand.accepted += accepted;
        step.note_move(
            {.line = line->order_line(),
             .kind = MoveKind::received,
             .document = read(event.receipt()),
             .accounting_date = read(event.accounting_date()),
             .expected = ordered.expected,
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
    step.finish();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const GoodsReturnedToSupplier& event,
    const EventHeader& header
) {
    OrderStep step = step_of(rows, changes, moves, asked, event, header);
    for (const ReturnedLine* line : *event.lines()) {
        LineStand& stand = step.row().lines[line->order_line() - 1U].stand;
        const Quantity quantity = read(line->quantity());
        const Quantity billed = read(line->billed());
        const Quantity forgone = event.is_replaced() ? Quantity{} : quantity;
        stand.accepted -= quantity;
        stand.billed -= billed;
        stand.forgone += forgone;
        step.note_move(
            {.line = line->order_line(),
             .kind = MoveKind::returned,
             .document = read(event.goods_return()),
             .accounting_date = read(event.accounting_date()),
             .forgone = forgone,
             .accepted = -quantity,
             .billed = -billed,
             .accrued = -read(line->accrued()),
             .credit = read(line->credit_expected()),
             .unbilled = billed - quantity,
             .returned = billed,
             .reason = event.reason()}
        );
    }
    step.finish();
}

void project(
    Orders& rows,
    OrderChanges& changes,
    LineMoves& moves,
    Requests& asked,
    const BillMatched& event,
    const EventHeader& header
) {
    std::uint16_t parts = 0;
    for (const MatchedLine* line : *event.lines()) {
        if (read(line->order()).is_none()) continue;
        OrderStep step{
            rows,
            changes,
            moves,
            asked,
            read(line->order()),
            read(event.date()),
            header.position(),
            parts++};
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
        step.row().lines[line->order_line() - 1U].stand.billed += move.billed;
        step.note_move(std::move(move));
        step.finish();
    }
}

}  // namespace daybook::purchasing
