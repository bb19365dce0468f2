// Orders with the status that their events add up to.

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

// Changes an order's row and notes how it stands from then on.
struct OrderStep {
    Orders& rows;
    OrderChanges& changes;
    Id order;
    Date date;
    std::uint64_t position;

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
};

template <class Event>
OrderStep step_of(Orders& rows, OrderChanges& changes, const Event& event, const Header& header) {
    return {rows, changes, read(event.order()), read(event.date()), header.position()};
}

// The lines anew; what came of them before stays.
void set_lines(OrderRow& row, const flatbuffers::Vector<const OrderedLine*>& lines) {
    row.lines.resize(std::max<std::size_t>(lines.size(), row.lines.size()));
    for (std::size_t i = 0; i < row.lines.size(); ++i) {
        OrderedNow& now = row.lines[i];
        if (i >= lines.size()) {
            now.request = Id{};
            now.stand.quantity = Quantity{};
            now.net_minor = 0;
            continue;
        }
        const OrderedLine& line = *lines.Get(static_cast<flatbuffers::uoffset_t>(i));
        now.item = read(line.item());
        now.request = read(line.request());
        now.request_line = line.request_line();
        now.expected = read(line.expected());
        now.stand.kind = line.kind();
        now.stand.quantity = read(line.quantity());
        now.net_minor = line.net().minor();
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

void project(Orders& rows, OrderChanges& changes, const OrderPlaced& event, const Header& header) {
    OrderStep step = step_of(rows, changes, event, header);
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
    set_lines(row, *event.lines());
    step.note_flags();
}
void project(Orders& rows, OrderChanges& changes, const OrderAmended& event, const Header& header) {
    OrderStep step = step_of(rows, changes, event, header);
    OrderRow& row = step.row();
    row.buyer = read(event.buyer());
    row.net = read(event.net());
    row.base = read(event.base());
    row.version = event.version();
    row.rounding_micro = event.rounding_micro();
    row.flags.needs_approval = event.needs_approval();
    set_lines(row, *event.lines());
    step.note_flags();
}
void project(
    Orders& rows, OrderChanges& changes, const OrderApproved& event, const Header& header
) {
    OrderStep step = step_of(rows, changes, event, header);
    step.row().flags.needs_approval = false;
    step.row().approver = read(event.approver());
    step.note_flags();
}
void project(
    Orders& rows, OrderChanges& changes, const OrderRejected& event, const Header& header
) {
    OrderStep step = step_of(rows, changes, event, header);
    step.row().flags.is_cancelled = true;
    step.row().approver = read(event.approver());
    step.note_flags();
}
void project(Orders& rows, OrderChanges&, const OrderAcknowledged& event, const Header&) {
    OrderRow& row = rows.at(read(event.order()));
    for (const PromisedLine* line : *event.lines()) {
        row.lines[line->order_line() - 1U].expected = read(line->expected());
    }
}
void project(Orders& rows, OrderChanges& changes, const OrderHeld& event, const Header& header) {
    OrderStep step = step_of(rows, changes, event, header);
    step.row().flags.is_held = true;
    step.note_flags();
}
void project(
    Orders& rows, OrderChanges& changes, const OrderReleased& event, const Header& header
) {
    OrderStep step = step_of(rows, changes, event, header);
    step.row().flags.is_held = false;
    step.note_flags();
}
void project(
    Orders& rows, OrderChanges& changes, const OrderClosedShort& event, const Header& header
) {
    OrderStep step = step_of(rows, changes, event, header);
    step.row().flags.is_closed = true;
    step.note_flags();
}
void project(
    Orders& rows, OrderChanges& changes, const OrderCancelled& event, const Header& header
) {
    OrderStep step = step_of(rows, changes, event, header);
    step.row().flags.is_cancelled = true;
    step.note_flags();
}

void project(
    Orders& rows, OrderChanges& changes, const GoodsReceived& event, const Header& header
) {
    OrderStep step = step_of(rows, changes, event, header);
    for (const ReceivedLine* line : *event.lines()) {
        step.row().lines[line->order_line() - 1U].stand.accepted += read(line->accepted());
    }
    step.finish();
}
void project(
    Orders& rows, OrderChanges& changes, const GoodsReturnedToSupplier& event, const Header& header
) {
    OrderStep step = step_of(rows, changes, event, header);
    for (const ReturnedLine* line : *event.lines()) {
        LineStand& stand = step.row().lines[line->order_line() - 1U].stand;
        stand.accepted -= read(line->quantity());
        stand.billed -= read(line->billed());
        if (!event.is_replaced()) stand.forgone += read(line->quantity());
    }
    step.finish();
}
void project(Orders& rows, OrderChanges& changes, const BillMatched& event, const Header& header) {
    for (const MatchedLine* line : *event.lines()) {
        const Id order = read(line->order());
        if (order.is_none() || line->effect() == MatchEffect::returned) continue;
        OrderStep step{rows, changes, order, read(event.date()), header.position()};
        step.row().lines[line->order_line() - 1U].stand.billed += read(line->quantity());
        step.finish();
    }
}

}  // namespace daybook::purchasing
