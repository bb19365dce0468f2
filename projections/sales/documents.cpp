// Quotations and orders with the status that their events add up to.

#include <algorithm>

#include "projections/sales/rows.hpp"

namespace daybook::sales {
namespace {

template <class Event>
void set_amounts(QuotationRow& row, const Event& event) {
    row.date = read(event.date());
    row.valid_until = read_or_none(event.valid_until());
    row.reference = copy(event.reference());
    row.net = read(event.net());
    row.tax = read(event.tax());
    row.gross = read(event.gross());
    row.status = QuotationStage::draft;
}

void set_lines(OrderRow& row, const flatbuffers::Vector<const PricedLine*>& lines) {
    std::vector<OrderedLine> ordered;
    ordered.reserve(lines.size());
    for (const PricedLine* line : lines) {
        const std::size_t index = ordered.size();
        ordered.push_back({
            .quantity_milli = line->quantity().milli(),
            .invoiced_milli = index < row.lines.size() ? row.lines[index].invoiced_milli : 0,
            .net_minor = line->net().minor(),
            .gross_minor = line->net().minor() + line->tax().minor(),
        });
    }
    row.lines = std::move(ordered);
}

// The part of an amount that belongs to the quantity not yet invoiced.
std::int64_t share_left(std::int64_t amount, const OrderedLine& line) {
    if (line.quantity_milli == 0) return 0;
    const Wide sign = line.quantity_milli < 0 ? -1 : 1;
    const Wide left = static_cast<Wide>(line.quantity_milli) - line.invoiced_milli;
    return narrow(divide(amount * left * sign, line.quantity_milli * sign, Rounding::half_up));
}

bool is_open(OrderStage status) {
    return status == OrderStage::to_bill || status == OrderStage::on_hold;
}

void count_open(OrderRow& row) {
    Money net = Money::from_minor(0, row.net.currency());
    Money gross = net;
    bool is_complete = true;
    for (const OrderedLine& line : row.lines) {
        is_complete = is_complete && line.quantity_milli == line.invoiced_milli;
        net += Money::from_minor(share_left(line.net_minor, line), row.net.currency());
        gross += Money::from_minor(share_left(line.gross_minor, line), row.net.currency());
    }
    if (is_complete && is_open(row.status)) row.status = OrderStage::completed;
    if (!is_open(row.status)) net = gross = Money::from_minor(0, row.net.currency());
    row.to_bill_net = net;
    row.to_bill_gross = gross;
}

// Changes an order's row and notes the difference.
struct OrderStep {
    Rows<OrderRow>& orders;
    Rows<OrderChangeRow>& changes;
    Id order;
    Date date;
    std::uint64_t position;

    template <class Change>
    void apply(Change&& change) {
        OrderRow& row = orders.at(order);
        const Money net = row.net;
        const Money to_bill_net = row.to_bill_net;
        const Money to_bill_gross = row.to_bill_gross;
        change(row);
        count_open(row);
        changes.put({
            .order = order,
            .date = date,
            .position = position,
            .status = row.status,
            .net = row.net - net,
            .to_bill_net = row.to_bill_net - to_bill_net,
            .to_bill_gross = row.to_bill_gross - to_bill_gross,
        });
    }
    void set_status(OrderStage status) {
        apply([status](OrderRow& row) { row.status = status; });
    }
};

template <class Event>
OrderStep step_of(
    Orders& rows, OrderChanges& changes, const Event& event, const EventHeader& header
) {
    return {rows, changes, read(event.order()), read(event.date()), header.position()};
}

}  // namespace

const char* name_of(QuotationStage status) {
    switch (status) {
        case QuotationStage::draft: return "Draft";
        case QuotationStage::open: return "Open";
        case QuotationStage::accepted: return "Accepted";
        case QuotationStage::ordered: return "Ordered";
        case QuotationStage::lost: return "Lost";
        case QuotationStage::expired: return "Expired";
        case QuotationStage::cancelled: return "Cancelled";
    }
    return "";
}

const char* name_of(OrderStage status) {
    switch (status) {
        case OrderStage::to_bill: return "To Bill";
        case OrderStage::completed: return "Completed";
        case OrderStage::on_hold: return "On Hold";
        case OrderStage::closed: return "Closed";
        case OrderStage::cancelled: return "Cancelled";
    }
    return "";
}

void project(Rows<QuotationRow>& rows, const QuotationDrafted& event, const EventHeader& header) {
    QuotationRow& row = rows.at(read(event.quotation()));
    row.party = read(event.party());
    row.position = header.position();
    set_amounts(row, event);
}
void project(Rows<QuotationRow>& rows, const QuotationSent& event) {
    rows.at(read(event.quotation())).status = QuotationStage::open;
}
void project(Rows<QuotationRow>& rows, const QuotationRevised& event) {
    QuotationRow& row = rows.at(read(event.quotation()));
    set_amounts(row, event);
    ++row.revision;
}
void project(Rows<QuotationRow>& rows, const QuotationAccepted& event) {
    rows.at(read(event.quotation())).status = QuotationStage::accepted;
}
void project(Rows<QuotationRow>& rows, const QuotationDeclined& event) {
    rows.at(read(event.quotation())).status = QuotationStage::lost;
}
void project(Rows<QuotationRow>& rows, const QuotationExpired& event) {
    rows.at(read(event.quotation())).status = QuotationStage::expired;
}
void project(Rows<QuotationRow>& rows, const QuotationCancelled& event) {
    rows.at(read(event.quotation())).status = QuotationStage::cancelled;
}
void project(Rows<QuotationRow>& rows, const OrderConfirmed& event) {
    const Id quotation = read_or_none(event.quotation());
    if (quotation.is_none()) return;
    QuotationRow& row = rows.at(quotation);
    row.status = QuotationStage::ordered;
    row.order = read(event.order());
}

void project(
    Orders& rows, OrderChanges& changes, const OrderConfirmed& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](OrderRow& row) {
        row.party = read(event.party());
        row.date = read(event.date());
        row.reference = copy(event.reference());
        row.quotation = read_or_none(event.quotation());
        row.net = read(event.net());
        row.tax = read(event.tax());
        row.gross = read(event.gross());
        row.position = header.position();
        set_lines(row, *event.lines());
    });
}
void project(
    Orders& rows, OrderChanges& changes, const OrderAmended& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](OrderRow& row) {
        row.net = read(event.net());
        row.tax = read(event.tax());
        row.gross = read(event.gross());
        set_lines(row, *event.lines());
    });
}
void project(
    Orders& rows, OrderChanges& changes, const OrderHeld& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).set_status(OrderStage::on_hold);
}
void project(
    Orders& rows, OrderChanges& changes, const OrderReleased& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).set_status(OrderStage::to_bill);
}
void project(
    Orders& rows, OrderChanges& changes, const OrderClosedShort& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).set_status(OrderStage::closed);
}
void project(
    Orders& rows, OrderChanges& changes, const OrderCancelled& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).set_status(OrderStage::cancelled);
}
void project(
    Orders& rows, OrderChanges& changes, const InvoiceIssued& event, const EventHeader& header
) {
    const Id order = read_or_none(event.order());
    if (order.is_none()) return;
    OrderStep step{rows, changes, order, read(event.date()), header.position()};
    step.apply([&](OrderRow& row) {
        for (const PricedLine* line : *event.lines()) {
            if (line->source_line() == 0) continue;
            DAYBOOK_ASSERT(line->source_line() <= row.lines.size());
            row.lines[line->source_line() - 1U].invoiced_milli += line->quantity().milli();
        }
    });
}

}  // namespace daybook::sales
