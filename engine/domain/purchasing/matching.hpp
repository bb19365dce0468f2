// The three-way match: what a bill says, line by line, against what was ordered and received.
#pragma once

#include <span>
#include <vector>

#include "engine/domain/purchasing/ordering.hpp"

namespace daybook::purchasing {

// How the bill differs from its orders and receipts beyond what they tolerate. Empty: it agrees.
[[nodiscard]] std::vector<LineDifference> differences_of(const Purchasing&, const GivenBill&);
// The bill's lines, taken apart by what they do to the books; signed with the bill.
[[nodiscard]] Judged<std::vector<MatchedLine>> matched_lines(const Purchasing&, const GivenBill&);
// What lets go of all that a line of an order still waits for.
[[nodiscard]] std::vector<MatchedLine> released_lines(
    const Purchasing&, Id order, std::uint16_t order_line
);

// How much of the line can be billed, and how much can be credited.
[[nodiscard]] Quantity left_to_bill(const Order& order, const OrderLineState& line);
[[nodiscard]] Quantity left_to_credit(const OrderLineState& line);
// How much a credit note without a quantity may give back: what the goods that came were billed
// at, or if none came those in transit.
[[nodiscard]] Money price_to_credit(const OrderLineState& line, Currency currency);
// What the order's price makes of a quantity; none if that is too large.
[[nodiscard]] Judged<Money> ordered_net(
    const Order& order, const OrderLineState& line, Quantity quantity, std::size_t index
);

// What a credit note should give back for a quantity: what it was billed at.
[[nodiscard]] Money expected_credit(
    const OrderLineState& line, Quantity quantity, Currency currency
);

// The last day on which something came that the lines clear: they count from then on, so that
// nothing that waits is less than nothing on any day.
[[nodiscard]] Date cleared_since(const Purchasing&, std::span<const MatchedLine> lines);

// What a matched line does to its order's line, counting on a day.
void apply_matched(OrderLineState& line, const MatchedLine& matched, Date day);

}  // namespace daybook::purchasing
