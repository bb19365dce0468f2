// What quotations, orders, invoices and credit notes have in common: finding them, and lines that
// come from another document.
#pragma once

#include <string_view>
#include <vector>

#include "engine/domain/sales/pricing.hpp"
#include "engine/domain/sales/state.hpp"

namespace daybook::sales {

[[nodiscard]] Judged<Nothing> check_new_document(const Sales&, std::string_view field, Id id);
// Null refused: the order has to be there and open. Valid until the state changes.
[[nodiscard]] Judged<const Order*> open_order(const Sales&, Id order);
// Likewise, but one that was closed short is good as well: there is something left to invoice.
[[nodiscard]] Judged<const Order*> order_to_invoice(const Sales&, Id order);
// A day that must not lie before another document's.
[[nodiscard]] Judged<Nothing> check_not_before(Date date, Date earliest);
[[nodiscard]] Judged<Nothing> check_country(std::string_view country);
[[nodiscard]] Judged<Nothing> check_gross(const Draft&);
[[nodiscard]] Judged<Nothing> check_exchange_rate(const wire::ExchangeRate*);
[[nodiscard]] Judged<Nothing> check_over_delivery(const wire::Rate*);

// Whether a line of an order or invoice gives only what it may: its place, a quantity, a text.
[[nodiscard]] Judged<Nothing> check_source_line(
    const Line&, std::size_t index, std::size_t source_count
);
// Whether the quantity is of the sign of what is left, and no more than that.
[[nodiscard]] bool is_within(Quantity quantity, Quantity left);

// The document says itself what another document has said already.
[[nodiscard]] bool gives_terms(const Wanted&, bool source_includes_tax);
[[nodiscard]] Refused terms_given_twice();

// What an order's line still has to deliver and to invoice. Neither is of the other sign.
[[nodiscard]] Quantity left_to_deliver(const Order&, const OrderLine&);
[[nodiscard]] Quantity left_to_invoice(const Order&, const OrderLine&);
// What may be invoiced of it beyond what is; more than there has to be where more than ordered was
// delivered.
[[nodiscard]] Quantity may_be_invoiced(const Order&, const OrderLine&);
// All that may be delivered of a line, the tolerance included.
[[nodiscard]] Quantity most_delivered(const Order&, Quantity ordered);

// The order's part of what the party owes and has ordered.
[[nodiscard]] Wide open_minor(const Order&);
// After a change: the exposure follows, and a complete order leaves the state.
void order_changed(Sales&, Id order);
// The order leaves the state, and with it what was open.
void order_ended(Sales&, Id order);

}  // namespace daybook::sales
