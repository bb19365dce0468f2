// What quotations, orders, invoices and credit notes have in common.

#include "engine/domain/sales/documents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/sales/credit.hpp"

namespace daybook::sales {
namespace {

// The open part of a line's gross; the whole when nothing is invoiced, zero when all is.
Wide open_minor_of(const OrderLine& placed) {
    const DraftLine& line = placed.line;
    if (line.quantity.is_zero()) return 0;
    const Wide gross = static_cast<Wide>(line.net.minor()) + line.tax.minor();
    const Wide left = static_cast<Wide>(line.quantity.milli()) - placed.invoiced.milli();
    const Wide whole = line.quantity.milli();
    // A quotient of two negative quantities is the same as of their magnitudes.
    const int sign = whole < 0 ? -1 : 1;
    return divide(gross * left * sign, whole * sign, Rounding::half_up);
}

bool is_complete(const Order& order) {
    return std::ranges::all_of(order.lines, [](const OrderLine& placed) {
        return placed.line.quantity == placed.invoiced;
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
    if (state.documents.get(id).kind != DocumentKind::order) {
        return Refused{
            Refusal::order_unknown, {"order", to_string(id), "an order that was confirmed"}};
    }
    const Order* order = state.orders.find(id);
    if (order == nullptr) {
        return Refused{
            Refusal::order_closed,
            {"order",
             fmt::format("{}, which is invoiced, closed or cancelled", to_string(id)),
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

Wide open_minor(const std::vector<OrderLine>& lines) {
    Wide open = 0;
    for (const OrderLine& placed : lines) open += open_minor_of(placed);
    return open;
}

void order_changed(Sales& state, Id id) {
    Order& order = state.orders.at(id);
    const Money open = Money::from_minor(narrow(open_minor(order.lines)), order.currency);
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
