// The lines of orders: what was ordered, delivered, returned and invoiced of each, and what it
// still waits for. The rules are those that sales decides by, told again from what the events say.

#include <algorithm>

#include "projections/sales/rows.hpp"

namespace daybook::sales {
namespace {

void tell(OrderLineRow& row) {
    row.item = row.figures.item;
    row.ordered = Quantity::from_milli(row.figures.quantity_milli);
    row.delivered = Quantity::from_milli(row.figures.delivered_milli);
    row.returned = Quantity::from_milli(row.figures.returned_milli);
    row.invoiced = Quantity::from_milli(row.figures.invoiced_milli);
    row.to_deliver = Quantity::from_milli(to_deliver_milli(row.terms, row.figures));
    row.to_bill = Quantity::from_milli(to_bill_milli(row.terms, row.figures));
}

std::vector<std::uint16_t> lines_of(Rows<OrderLineRow>& rows, const Id& order) {
    std::vector<std::uint16_t> lines;
    rows.scan(order, [&](const OrderLineRow& row) { lines.push_back(row.line); });
    return lines;
}

// Every line of an order that is closed or cancelled.
template <class Change>
void change_all(Rows<OrderLineRow>& rows, const Id& order, Change&& change) {
    for (const std::uint16_t line : lines_of(rows, order)) {
        OrderLineRow& row = rows.at(order, line);
        change(row.terms);
        tell(row);
    }
}

}  // namespace

OrderedLine ordered_line(const OrderedLine& before, const PricedLine& line) {
    OrderedLine now = before;
    now.item = read(line.item());
    now.is_goods = line.is_goods() && line.quantity().milli() > 0;
    now.quantity_milli = line.quantity().milli();
    now.net_minor = line.net().minor();
    now.gross_minor = line.net().minor() + line.tax().minor();
    return now;
}

std::int64_t to_deliver_milli(const OrderTerms& terms, const OrderedLine& line) {
    if (terms.is_cancelled || terms.is_closed_short || !line.is_goods) return 0;
    return std::max<std::int64_t>(line.quantity_milli - line.delivered_milli, 0);
}

std::int64_t to_bill_milli(const OrderTerms& terms, const OrderedLine& line) {
    if (terms.is_cancelled) return 0;
    if (!line.is_goods) {
        return terms.is_closed_short ? 0 : line.quantity_milli - line.invoiced_milli;
    }
    const bool is_as_delivered =
        terms.is_closed_short || terms.invoice_basis == InvoiceBasis::delivered;
    const std::int64_t due = is_as_delivered ? line.delivered_milli : line.quantity_milli;
    return std::max<std::int64_t>(due - line.returned_milli - line.invoiced_milli, 0);
}

void add_delivered(OrderedLine& line, const DeliveredLine& delivered) {
    line.delivered_milli += delivered.quantity().milli();
}

// What is to be replaced is to be delivered again.
void add_returned(OrderedLine& line, const ReturnedLine& returned, bool is_replaced) {
    if (is_replaced) {
        line.delivered_milli -= returned.quantity().milli();
    } else {
        line.returned_milli += returned.quantity().milli();
    }
    DAYBOOK_ASSERT(line.returned_milli <= line.delivered_milli);
}

void add_invoiced(OrderedLine& line, const PricedLine& invoiced) {
    line.invoiced_milli += invoiced.quantity().milli();
}

void project(Rows<OrderLineRow>& rows, const OrderConfirmed& event) {
    std::uint16_t number = 0;
    for (const PricedLine* line : *event.lines()) {
        OrderLineRow row{.order = read(event.order()), .line = ++number};
        row.terms.invoice_basis = event.invoice_basis();
        row.figures = ordered_line({}, *line);
        tell(row);
        rows.put(std::move(row));
    }
}

void project(Rows<OrderLineRow>& rows, const OrderAmended& event) {
    const Id order = read(event.order());
    const std::vector<std::uint16_t> before = lines_of(rows, order);
    const OrderTerms terms = before.empty() ? OrderTerms{} : rows.at(order, before.front()).terms;
    std::uint16_t number = 0;
    for (const PricedLine* line : *event.lines()) {
        OrderLineRow& row = rows.at(order, ++number);
        row.terms = terms;
        row.figures = ordered_line(row.figures, *line);
        tell(row);
    }
    for (const std::uint16_t line : before) {
        if (line > number) rows.erase(order, line);
    }
}

void project(Rows<OrderLineRow>& rows, const OrderClosedShort& event) {
    change_all(rows, read(event.order()), [](OrderTerms& terms) { terms.is_closed_short = true; });
}

void project(Rows<OrderLineRow>& rows, const OrderCancelled& event) {
    change_all(rows, read(event.order()), [](OrderTerms& terms) { terms.is_cancelled = true; });
}

void project(Rows<OrderLineRow>& rows, const GoodsDelivered& event) {
    const Id order = read_or_none(event.order());
    if (order.is_none()) return;
    for (const DeliveredLine* line : *event.lines()) {
        OrderLineRow& row = rows.at(order, line->order_line());
        add_delivered(row.figures, *line);
        tell(row);
    }
}

void project(Rows<OrderLineRow>& rows, const GoodsReturned& event) {
    const Id order = read_or_none(event.order());
    if (order.is_none()) return;
    for (const ReturnedLine* line : *event.lines()) {
        OrderLineRow& row = rows.at(order, line->order_line());
        add_returned(row.figures, *line, event.is_replaced());
        tell(row);
    }
}

void project(Rows<OrderLineRow>& rows, const InvoiceIssued& event) {
    const Id order = read_or_none(event.order());
    if (order.is_none()) return;
    for (const PricedLine* line : *event.lines()) {
        if (line->source_line() == 0) continue;
        OrderLineRow& row = rows.at(order, line->source_line());
        add_invoiced(row.figures, *line);
        tell(row);
    }
}

}  // namespace daybook::sales
