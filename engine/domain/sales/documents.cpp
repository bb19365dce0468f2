// What quotations, orders, invoices and credit notes have in common.

#include "engine/domain/sales/documents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/sales/credit.hpp"

namespace daybook::sales {
namespace {

Quantity not_negative(Quantity quantity) {
    return std::max(quantity, Quantity{});
}

// What will be invoiced in the end, as far as it is known now.
Quantity in_the_end(const Order& order, const OrderLine& placed) {
    if (!placed.is_delivered()) {
        return order.is_closed_short ? placed.invoiced : placed.line.quantity;
    }
    const Quantity kept =
        order.is_closed_short ? placed.delivered : std::max(placed.line.quantity, placed.delivered);
    return std::max(kept - placed.returned, placed.invoiced);
}

// The open part of a line's gross; the whole when nothing is invoiced, zero when all is.
Wide open_minor_of(const Order& order, const OrderLine& placed) {
    const DraftLine& line = placed.line;
    if (line.quantity.is_zero()) return 0;
    const Wide gross = static_cast<Wide>(line.net.minor()) + line.tax.minor();
    const Wide left = (in_the_end(order, placed) - placed.invoiced).milli();
    const Wide whole = line.quantity.milli();
    // A quotient of two negative quantities is the same as of their magnitudes.
    const int sign = whole < 0 ? -1 : 1;
    return divide(gross * left * sign, whole * sign, Rounding::half_up);
}

bool is_complete(const Order& order) {
    return std::ranges::all_of(order.lines, [&order](const OrderLine& placed) {
        return left_to_deliver(order, placed).is_zero() && left_to_invoice(order, placed).is_zero();
    });
}

}  // namespace

Judged<Nothing> check_new_document(const Sales& state, std::string_view field, Id id) {
    if (!state.documents.contains(id)) return Nothing{};
    return Refused{
        Refusal::document_exists,
        {std::string{field}, to_string(id), "an id that no sales document has"}};
}

Judged<const Order*> open_order(const Sales& state, Id id) {
    const Judged<const Order*> found = order_to_invoice(state, id);
    if (!found.ok() || !found.value()->is_closed_short) return found;
    return Refused{
        Refusal::order_closed,
        {"order", fmt::format("{}, which was closed short", to_string(id)), "an open order"}};
}

Judged<const Order*> order_to_invoice(const Sales& state, Id id) {
    if (state.documents.get(id).kind != DocumentKind::order) {
        return Refused{
            Refusal::order_unknown, {"order", to_string(id), "an order that was confirmed"}};
    }
    const Order* order = state.orders.find(id);
    if (order == nullptr) {
        return Refused{
            Refusal::order_closed,
            {"order",
             fmt::format("{}, which is completed, closed or cancelled", to_string(id)),
             "an open order"}};
    }
    return order;
}

Judged<Nothing> check_not_before(Date date, Date earliest) {
    if (date >= earliest) return Nothing{};
    return Refused{
        Refusal::date_before_document,
        {"date", to_string(date), fmt::format("{} or later", to_string(earliest))}};
}

Judged<Nothing> check_country(std::string_view country) {
    if (country.size() <= country_bytes_max) return Nothing{};
    return Refused{
        Refusal::country_too_long,
        {"country",
         fmt::format("{} bytes", country.size()),
         fmt::format("at most {}", country_bytes_max)}};
}

Judged<Nothing> check_gross(const Draft& draft) {
    if (!draft.gross.is_negative()) return Nothing{};
    return Refused{
        Refusal::gross_negative,
        {"lines",
         to_string(draft.gross),
         "zero or more; what goes the other way is a credit note or an invoice"}};
}

Judged<Nothing> check_exchange_rate(const wire::ExchangeRate* rate) {
    if (read_or_none(rate).micro() >= 0) return Nothing{};
    return Refused{
        Refusal::exchange_rate_not_positive,
        {"exchange_rate", to_string(read(rate)), "more than zero"}};
}

Judged<Nothing> check_over_delivery(const wire::Rate* rate) {
    const Rate given = read_or_none(rate);
    if (!given.is_negative() && given.ppm() <= Rate::one_ppm) return Nothing{};
    return Refused{
        Refusal::over_delivery_out_of_range, {"over_delivery", to_string(given), "0% to 100%"}};
}

Judged<Nothing> check_source_line(const Line& line, std::size_t index, std::size_t source_count) {
    if (line.source_line() < 1 || line.source_line() > source_count) {
        return Refused{
            Refusal::source_line_unknown,
            {line_path(index, "source_line"),
             fmt::format("line {}", line.source_line()),
             fmt::format("a line from 1 to {}", source_count)}};
    }
    const bool gives_terms =
        !read_or_none(line.item()).is_none() || !read_or_none(line.price()).is_zero() ||
        !read_or_none(line.discount()).is_zero() || !read_or_none(line.tax_code()).is_none() ||
        !read_or_none(line.posting_group()).is_none();
    if (gives_terms) {
        return Refused{
            Refusal::terms_given_twice,
            {line_path(index, "source_line"),
             "an item, price, discount, tax code or posting group beside it",
             "the quantity alone: the rest is what the other document says"}};
    }
    return Nothing{};
}

bool is_within(Quantity quantity, Quantity left) {
    if (quantity.is_negative() != left.is_negative()) return false;
    return left.is_negative() ? quantity >= left : quantity <= left;
}

bool gives_terms(const Wanted& wanted, bool source_includes_tax) {
    return !wanted.party.is_none() || wanted.currency != Currency::none ||
           !wanted.discount.is_zero() || (wanted.includes_tax && !source_includes_tax);
}

Refused terms_given_twice() {
    return {
        Refusal::terms_given_twice,
        {"",
         "a party, currency, discount or tax inclusion beside another document's",
         "none of them: they are what the other document says"}};
}

Quantity left_to_deliver(const Order& order, const OrderLine& placed) {
    if (order.is_closed_short || !placed.is_delivered()) return {};
    return not_negative(placed.line.quantity - placed.delivered);
}

Quantity left_to_invoice(const Order& order, const OrderLine& placed) {
    if (!placed.is_delivered()) {
        return order.is_closed_short ? Quantity{} : placed.line.quantity - placed.invoiced;
    }
    const bool is_as_delivered = order.is_closed_short || order.basis == InvoiceBasis::delivered;
    const Quantity due = is_as_delivered ? placed.delivered : placed.line.quantity;
    return not_negative(due - placed.returned - placed.invoiced);
}

Quantity may_be_invoiced(const Order& order, const OrderLine& placed) {
    if (!placed.is_delivered()) return left_to_invoice(order, placed);
    const bool is_as_delivered = order.is_closed_short || order.basis == InvoiceBasis::delivered;
    const Quantity most =
        is_as_delivered ? placed.delivered : std::max(placed.line.quantity, placed.delivered);
    return not_negative(most - placed.returned - placed.invoiced);
}

Quantity most_delivered(const Order& order, Quantity ordered) {
    return ordered + Quantity::from_milli(narrow(divide(
                         static_cast<Wide>(ordered.milli()) * order.over_delivery.ppm(),
                         Rate::one_ppm,
                         Rounding::floor
                     )));
}

Wide open_minor(const Order& order) {
    Wide open = 0;
    for (const OrderLine& placed : order.lines) open += open_minor_of(order, placed);
    return open;
}

void order_changed(Sales& state, Id id) {
    Order& order = state.orders.at(id);
    const Money open = Money::from_minor(narrow(open_minor(order)), order.currency);
    add_to_orders(state, order.party, open - order.open);
    order.open = open;
    if (is_complete(order)) order_ended(state, id);
}

void order_ended(Sales& state, Id id) {
    const Order& order = state.orders.get(id);
    add_to_orders(state, order.party, -order.open);
    state.orders.erase(id);
}

}  // namespace daybook::sales
