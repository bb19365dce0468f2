// From the lines that are asked for to the lines and totals of an order.

#include "engine/domain/purchasing/ordering.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/purchasing/portions.hpp"

namespace daybook::purchasing {
namespace {

// A line's request, if it has one, gives what the line leaves out.
Judged<WantedLine> with_request(
    const Purchasing& state, const WantedOrder& order, WantedLine line, std::size_t index
) {
    if (line.request.is_none()) {
        if (line.request_line == 0) return line;
        return refuse(Refusal::request_unknown, line_path(index, "request"), "none", "a request");
    }
    const PurchaseRequest* request = state.requests.find(line.request);
    if (request == nullptr) {
        return refuse(
            Refusal::request_unknown,
            line_path(index, "request"),
            to_string(line.request),
            "a request that was drafted and not rejected"
        );
    }
    if (request->status != RequestStatus::approved) {
        return refuse(
            Refusal::request_not_approved,
            line_path(index, "request"),
            to_string(line.request),
            "a request that is approved"
        );
    }
    if (line.request_line < 1 || line.request_line > request->lines.size()) {
        return refuse(
            Refusal::request_line_unknown,
            line_path(index, "request_line"),
            fmt::format("line {}", line.request_line),
            fmt::format("a line from 1 to {}", request->lines.size())
        );
    }
    const RequestLineState& asked = request->lines[line.request_line - 1U];
    Quantity left = asked.quantity - asked.ordered;
    if (order.before != nullptr && index < order.before->lines.size()) {
        const OrderLineState& before = order.before->lines[index];
        const bool is_same =
            before.request == line.request && before.request_line == line.request_line;
        if (is_same) left += before.quantity;
    }
    if (!line.has_quantity) line.quantity = left;
    line.has_quantity = true;
    if (line.item.is_none()) line.item = asked.item;
    if (line.warehouse.is_none()) line.warehouse = asked.warehouse;
    if (line.item == asked.item && line.quantity <= left && left > Quantity{}) return line;
    return refuse(
        Refusal::request_line_ordered,
        line_path(index, "quantity"),
        fmt::format("{} of {}", to_string(line.quantity), to_string(line.item)),
        fmt::format("at most {} of {}", to_string(left), to_string(asked.item))
    );
}

Judged<UnitPrice> ordered_price(
    const Purchasing& state, const WantedOrder& order, const WantedLine& line, std::size_t index
) {
    UnitPrice price = line.price;
    if (price.currency() == Currency::none) {
        const Price* listed = price_of(
            state,
            {.supplier = order.supplier,
             .item = line.item,
             .valid_from = order.date,
             .from_quantity = line.quantity,
             .currency = order.currency}
        );
        if (listed == nullptr) {
            return refuse(
                Refusal::price_missing,
                line_path(index, "price"),
                fmt::format(
                    "none, and {} has no price of {} in {} on {}",
                    to_string(order.supplier),
                    to_string(line.item),
                    code_of(order.currency),
                    to_string(order.date)
                ),
                "a price"
            );
        }
        price = listed->price;
    }
    if (price.currency() != order.currency) {
        return refuse(
            Refusal::price_currency_differs,
            line_path(index, "price"),
            to_string(price),
            fmt::format("a price in {}", code_of(order.currency))
        );
    }
    if (!price.is_negative()) return price;
    return refuse(
        Refusal::price_negative, line_path(index, "price"), to_string(price), "zero or more"
    );
}

Check check_wanted(
    const Purchasing& state, const WantedOrder& order, const WantedLine& line, std::size_t index
) {
    // An amendment may take a line out by ordering nothing of it.
    const bool may_be_zero = order.before != nullptr && line.has_quantity;
    const bool is_enough = may_be_zero ? !line.quantity.is_negative() : line.quantity > Quantity{};
    if (!is_enough || line.quantity.milli() > quantity_milli_max) {
        return refuse(
            Refusal::quantity_not_positive,
            line_path(index, "quantity"),
            to_string(line.quantity),
            "more than zero"
        );
    }
    if (line.discount.is_negative() || line.discount.ppm() > Rate::one_ppm) {
        return refuse(
            Refusal::discount_out_of_range,
            line_path(index, "discount"),
            to_string(line.discount),
            "0% to 100%"
        );
    }
    if (!line.warehouse.is_none() && !state.places.contains(line.warehouse)) {
        return refuse(
            Refusal::warehouse_unknown,
            "warehouse",
            to_string(line.warehouse),
            "a place that inventory has defined"
        );
    }
    return check_text(line_path(index, "text"), line.text);
}

// The line with its item, its price and its day, without its net.
Judged<WantedLine> completed(
    const Purchasing& state, const WantedOrder& order, WantedLine wanted, std::size_t index
) {
    Judged<WantedLine> requested = with_request(state, order, std::move(wanted), index);
    if (!requested.ok()) return requested;
    WantedLine line = std::move(requested.value());
    const Judged<Item> item = item_for(state, line_path(index, "item"), line.item);
    if (!item.ok()) return item.refused();
    if (!line.has_quantity && kind_of(item.value()) == ItemKind::charge) {
        line.quantity = Quantity::from_milli(1000);
    }
    if (line.warehouse.is_none()) line.warehouse = order.warehouse;
    const Check checked = check_wanted(state, order, line, index);
    if (!checked.ok()) return checked.refused();
    const Judged<UnitPrice> price = ordered_price(state, order, line, index);
    if (!price.ok()) return price.refused();
    line.price = price.value();
    if (line.tax_code.is_none()) {
        line.tax_code = state.supplier_terms.get(order.supplier).tax_code;
    }
    if (line.tax_code.is_none()) line.tax_code = item.value().tax_code;
    const Judged<TaxOn> tax =
        tax_on(state, line_path(index, "tax_code"), line.tax_code, order.date);
    if (!tax.ok()) return tax.refused();
    if (line.posting_group.is_none()) line.posting_group = posting_group_of(item.value());
    if (line.expected.is_none()) {
        const Source source = state.sources.get({line.item, order.supplier});
        line.expected = order.date.plus_days(source.lead_days);
    }
    return line;
}

Refused too_large(std::size_t index, const WantedLine& line) {
    return refuse(
        Refusal::amount_too_large,
        line_path(index, "quantity"),
        fmt::format("{} at {}", to_string(line.quantity), to_string(line.price)),
        "a smaller amount"
    );
}

// quantity x price x (1 - discount) less the net, in 10^-15 of the major unit.
Wide rounding_of(const WantedLine& line, Money net) {
    const Wide exact = static_cast<Wide>(line.price.micro()) * line.quantity.milli() *
                       (Rate::one_ppm - line.discount.ppm());
    return exact - static_cast<Wide>(net.minor()) * power_of_ten(15 - exponent_of(net.currency()));
}

}  // namespace

Judged<WorkedOrder> work_out(const Purchasing& state, const WantedOrder& order) {
    const Check counted = check_line_count(order.lines.size());
    if (!counted.ok()) return counted.refused();
    const Judged<ExchangeRate> rate = rate_on(state, order.currency, order.date, order.rate);
    if (!rate.ok()) return rate.refused();
    WorkedOrder worked{.currency = order.currency};
    worked.net = Money::from_minor(0, order.currency);
    Wide rounding = 0;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const Judged<WantedLine> judged = completed(state, order, order.lines[i], i);
        if (!judged.ok()) return judged.refused();
        const WantedLine& line = judged.value();
        const auto net = worth_of(
            {.price = line.price,
             .quantity = line.quantity,
             .discount = line.discount,
             .rate = ExchangeRate::from_micro(1'000'000),
             .currency = order.currency},
            0
        );
        if (!net || (worked.net + net->money).minor() > amount_minor_max) {
            return too_large(i, line);
        }
        worked.net += net->money;
        rounding += rounding_of(line, net->money);
        worked.lines.emplace_back(
            wired(line.item),
            wired(line.tax_code),
            wired(line.posting_group),
            wired(line.warehouse),
            wired(line.request),
            wired(line.quantity),
            wired(line.price),
            wired(line.discount),
            wired(net->money),
            wired(line.expected),
            line.request_line,
            kind_of(state.items.get(line.item))
        );
        if (line.text.empty()) continue;
        auto words = std::make_unique<LineTextT>();
        words->line = static_cast<std::uint16_t>(i + 1);
        words->text = line.text;
        worked.texts.push_back(std::move(words));
    }
    worked.rounding_micro = narrow(divide(rounding, power_of_ten(9), Rounding::half_even));
    const Judged<Money> base = to_base(state, worked.net, rate.value());
    if (!base.ok()) return base.refused();
    worked.base = base.value();
    return worked;
}

Judged<OrderPlacedT> placed_order(const Purchasing& state, const WantedOrder& order) {
    Judged<WorkedOrder> worked = work_out(state, order);
    if (!worked.ok()) return worked.refused();
    const Policy& policy = state.policy.get();
    const SupplierTerms terms = state.supplier_terms.get(order.supplier);
    const Currency base = state.book.get().base;

    OrderPlacedT event;
    event.order = order.order;
    event.supplier = order.supplier;
    event.buyer = order.buyer;
    event.date = order.date;
    event.currency = order.currency;
    event.bill_control =
        terms.bill_control == BillControl::on_order ? BillControl::on_order : policy.bill_control;
    event.needs_approval = is_less(policy.order_free_up_to, worked.value().base);
    event.lines = std::move(worked.value().lines);
    event.texts = std::move(worked.value().texts);
    event.net = worked.value().net;
    event.base = worked.value().base;
    event.rounding_micro = worked.value().rounding_micro;
    event.over_delivery = policy.over_delivery;
    event.under_delivery = policy.under_delivery;
    event.bill_quantity = policy.bill_quantity;
    event.bill_price = policy.bill_price;
    event.bill_price_max = Money::from_minor(policy.bill_price_max.minor(), base);
    return event;
}

Judged<const Order*> known_order(const Purchasing& state, Id id) {
    if (state.documents.get(id).kind != DocumentKind::order) {
        return refuse(Refusal::order_unknown, "order", to_string(id), "an order that was placed");
    }
    const Order* order = state.orders.find(id);
    if (order != nullptr) return order;
    return refuse(
        Refusal::order_closed,
        "order",
        fmt::format("{}, which is cancelled", to_string(id)),
        "an order that is not cancelled"
    );
}

Judged<const Order*> open_order(const Purchasing& state, Id id) {
    const Judged<const Order*> order = known_order(state, id);
    if (!order.ok() || !order.value()->is_closed) return order;
    return refuse(
        Refusal::order_closed,
        "order",
        fmt::format("{}, which is closed", to_string(id)),
        "an open order"
    );
}

Quantity to_come(const Order& order, const OrderLineState& line) {
    if (order.is_closed || line.kind != ItemKind::goods) return {};
    return std::max(Quantity{}, line.quantity - line.forgone - line.accepted);
}

Quantity tolerated(Quantity quantity, Rate tolerance) {
    const Wide product = static_cast<Wide>(quantity.milli()) * (Rate::one_ppm + tolerance.ppm());
    return Quantity::from_milli(narrow(divide(product, Rate::one_ppm, Rounding::floor)));
}

void count_on_order(Purchasing& state, const Order& order, int sign) {
    DAYBOOK_ASSERT(sign == 1 || sign == -1);
    for (const OrderLineState& line : order.lines) {
        const Quantity left = to_come(order, line);
        if (left.is_zero()) continue;
        Quantity& counted = state.on_order.at({line.item, line.warehouse});
        counted += sign < 0 ? -left : left;
        DAYBOOK_ASSERT(!counted.is_negative());
    }
}

void use_requests(Purchasing& state, const Order& order, int sign) {
    DAYBOOK_ASSERT(sign == 1 || sign == -1);
    for (const OrderLineState& line : order.lines) {
        if (line.request.is_none()) continue;
        PurchaseRequest& request = state.requests.at(line.request);
        RequestLineState& asked = request.lines[line.request_line - 1U];
        asked.ordered += sign < 0 ? -line.quantity : line.quantity;
        DAYBOOK_ASSERT(!asked.ordered.is_negative());
    }
}

}  // namespace daybook::purchasing
