// From the lines that are asked for to the lines and totals of an order; and what an order means
// for the requests behind it and for what is still to come.
#pragma once

#include <string>
#include <vector>

#include "engine/domain/purchasing/common.hpp"

namespace daybook::purchasing {

// A line as it is wanted, by a command, a quotation or a proposal. What is none is found elsewhere.
struct WantedLine {
    Id item;
    Quantity quantity;
    bool has_quantity = false;
    UnitPrice price;
    Rate discount;
    Id tax_code;
    Id posting_group;
    Id warehouse;
    Date expected;
    Id request;
    std::uint16_t request_line = 0;
    std::string text;
};
struct WantedOrder {
    Id order;
    Id supplier;
    Date date;
    Currency currency = Currency::none;
    ExchangeRate rate;
    Id warehouse;
    Id buyer;
    const Order* before = nullptr;  // The order that is amended.
    std::vector<WantedLine> lines;
};
// What was worked out; the texts by the numbers of their lines.
struct WorkedOrder {
    Currency currency = Currency::none;
    std::vector<OrderedLine> lines;
    std::vector<std::unique_ptr<LineTextT>> texts;
    Money net;
    Money base;
    std::int64_t rounding_micro = 0;
};

[[nodiscard]] Judged<WorkedOrder> work_out(const Purchasing&, const WantedOrder&);
// The event of a new order, but for what only its maker knows.
[[nodiscard]] Judged<OrderPlacedT> placed_order(const Purchasing&, const WantedOrder&);

// An order that was not closed or cancelled.
[[nodiscard]] Judged<const Order*> open_order(const Purchasing&, Id order);
// An order that was not cancelled: what came of it can be billed and sent back.
[[nodiscard]] Judged<const Order*> known_order(const Purchasing&, Id order);
// What is still to come of a line; never negative.
[[nodiscard]] Quantity to_come(const Order& order, const OrderLineState& line);
// As much and the tolerance.
[[nodiscard]] Quantity tolerated(Quantity quantity, Rate tolerance);

// Call with -1 before an order changes and with 1 after.
void count_on_order(Purchasing&, const Order&, int sign);
void use_requests(Purchasing&, const Order&, int sign);

}  // namespace daybook::purchasing
