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
        const bool is_known = ordered.size() < row.lines.size();
        const OrderedLine before = is_known ? row.lines[ordered.size()] : OrderedLine{};
        ordered.push_back(ordered_line(before, *line));
    }
    row.lines = std::move(ordered);
}

// The part of an amount that belongs to a part of the line's quantity.
std::int64_t share_of(std::int64_t amount, std::int64_t part_milli, const OrderedLine& line) {
    if (line.quantity_milli == 0) return 0;
    const Wide sign = line.quantity_milli < 0 ? -1 : 1;
    return narrow(divide(
        static_cast<Wide>(amount) * part_milli * sign, line.quantity_milli * sign, Rounding::half_up
    ));
}

OrderStage stage_of(const OrderRow& row, bool delivers, bool bills) {
    if (row.terms.is_cancelled) return OrderStage::cancelled;
    if (row.terms.is_closed_short && !bills) return OrderStage::closed;
    if (!delivers && !bills) return OrderStage::completed;
    if (row.is_held) return OrderStage::on_hold;
    if (!delivers) return OrderStage::to_bill;
    return bills ? OrderStage::to_deliver_and_bill : OrderStage::to_deliver;
}

void count_open(OrderRow& row) {
    const Money nothing = Money::from_minor(0, row.net.currency());
    const auto add = [&](Money& sum, std::int64_t minor) {
        sum += Money::from_minor(minor, row.net.currency());
    };
    row.to_deliver_net = row.to_bill_net = row.to_bill_gross = nothing;
    bool delivers = false;
    bool bills = false;
    for (const OrderedLine& line : row.lines) {
        const std::int64_t undelivered = to_deliver_milli(row.terms, line);
        const std::int64_t unbilled = to_bill_milli(row.terms, line);
        delivers = delivers || undelivered != 0;
        bills = bills || unbilled != 0;
        add(row.to_deliver_net, share_of(line.net_minor, undelivered, line));
        add(row.to_bill_net, share_of(line.net_minor, unbilled, line));
        add(row.to_bill_gross, share_of(line.gross_minor, unbilled, line));
    }
    row.status = stage_of(row, delivers, bills);
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
        const Money to_deliver_net = row.to_deliver_net;
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
            .to_deliver_net = row.to_deliver_net - to_deliver_net,
            .to_bill_net = row.to_bill_net - to_bill_net,
            .to_bill_gross = row.to_bill_gross - to_bill_gross,
        });
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
        case OrderStage::to_deliver_and_bill: return "To Deliver and Bill";
        case OrderStage::to_deliver: return "To Deliver";
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
        row.terms.invoice_basis = event.invoice_basis();
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
    step_of(rows, changes, event, header).apply([&](OrderRow& row) { row.is_held = true; });
}
void project(
    Orders& rows, OrderChanges& changes, const OrderReleased& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](OrderRow& row) { row.is_held = false; });
}
void project(
    Orders& rows, OrderChanges& changes, const OrderClosedShort& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](OrderRow& row) {
        row.terms.is_closed_short = true;
    });
}
void project(
    Orders& rows, OrderChanges& changes, const OrderCancelled& event, const EventHeader& header
) {
    step_of(rows, changes, event, header).apply([&](OrderRow& row) {
        row.terms.is_cancelled = true;
    });
}
void project(
    Orders& rows, OrderChanges& changes, const GoodsDelivered& event, const EventHeader& header
) {
    if (read_or_none(event.order()).is_none()) return;
    step_of(rows, changes, event, header).apply([&](OrderRow& row) {
        for (const DeliveredLine* line : *event.lines()) {
            DAYBOOK_ASSERT(line->order_line() <= row.lines.size());
            add_delivered(row.lines[line->order_line() - 1U], *line);
        }
    });
}
void project(
    Orders& rows, OrderChanges& changes, const GoodsReturned& event, const EventHeader& header
) {
    if (read_or_none(event.order()).is_none()) return;
    step_of(rows, changes, event, header).apply([&](OrderRow& row) {
        for (const ReturnedLine* line : *event.lines()) {
            DAYBOOK_ASSERT(line->order_line() <= row.lines.size());
            add_returned(row.lines[line->order_line() - 1U], *line, event.is_replaced());
        }
    });
}
void project(
    Orders& rows, OrderChanges& changes, const InvoiceIssued& event, const EventHeader& header
) {
    if (read_or_none(event.order()).is_none()) return;
    step_of(rows, changes, event, header).apply([&](OrderRow& row) {
        for (const PricedLine* line : *event.lines()) {
            if (line->source_line() == 0) continue;
            DAYBOOK_ASSERT(line->source_line() <= row.lines.size());
            add_invoiced(row.lines[line->source_line() - 1U], *line);
        }
    });
}

}  // namespace daybook::sales
