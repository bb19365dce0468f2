// Goods that came, and goods that are sent back.
//
// What is accepted is valued once, at the order's price and the rate of the receipt's day; of what
// was billed before, at what the bill said. Goods that are sent back leave at what they cost: what
// was not billed lowers the accrual, for what was billed the supplier owes a credit note.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/purchasing/ordering.hpp"
#include "engine/domain/purchasing/portions.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

// A receipt while it is worked out: the order as the lines before left it.
struct Receiving {
    Order order;
    Id warehouse;
    ExchangeRate rate;
    Currency base = Currency::none;
    bool needs_warehouse = false;
};
struct WantedGoods {
    std::uint16_t order_line = 0;
    Quantity quantity;
    bool has_quantity = false;
    Quantity rejected;
    RejectReason reject_reason = RejectReason::none;
    Id location;
    Id lot;
    Date expiry;
};

void receive(OrderLineState& line, const ReceivedLine& received) {
    const Portion ahead{
        read(received.ahead()), read(received.billed_before()), read(received.ahead_net())};
    line.transit.quantity -= ahead.quantity;
    line.transit.value -= ahead.value;
    line.transit.net -= ahead.net;
    line.accepted += read(received.accepted());
    line.value_carry = received.value_carry();
    line.net_carry = received.net_carry();
    DAYBOOK_ASSERT(!line.transit.quantity.is_negative());
    DAYBOOK_ASSERT(!line.transit.quantity.is_zero() || line.transit.value.is_zero());
}

std::vector<WantedGoods> all_left(const Receiving& receiving) {
    std::vector<WantedGoods> wanted;
    for (std::size_t i = 0; i < receiving.order.lines.size(); ++i) {
        const OrderLineState& line = receiving.order.lines[i];
        const bool is_here = line.warehouse.is_none() || line.warehouse == receiving.warehouse;
        if (!is_here || to_come(receiving.order, line).is_zero()) continue;
        wanted.push_back({.order_line = static_cast<std::uint16_t>(i + 1)});
    }
    return wanted;
}

std::vector<WantedGoods> wanted_goods(const ReceiveGoods& command) {
    std::vector<WantedGoods> wanted;
    for (const ReceivedGoods* line : *command.lines()) {
        wanted.push_back(
            {.order_line = line->order_line(),
             .quantity = read_or_none(line->quantity()),
             .has_quantity = line->quantity() != nullptr,
             .rejected = read_or_none(line->rejected()),
             .reject_reason = line->reject_reason(),
             .location = read_or_none(line->location()),
             .lot = read_or_none(line->lot()),
             .expiry = read_or_none(line->expiry())}
        );
    }
    return wanted;
}

Check check_place(const Receiving& receiving, const WantedGoods& wanted, std::size_t index) {
    const std::size_t count = receiving.order.lines.size();
    if (wanted.order_line < 1 || wanted.order_line > count) {
        return refuse(
            Refusal::order_line_unknown,
            line_path(index, "order_line"),
            fmt::format("line {}", wanted.order_line),
            fmt::format("a line from 1 to {}", count)
        );
    }
    const OrderLineState& line = receiving.order.lines[wanted.order_line - 1U];
    if (line.kind == ItemKind::goods) return Nothing{};
    return refuse(
        Refusal::service_not_received,
        line_path(index, "order_line"),
        fmt::format("{} is no goods", to_string(line.item)),
        "a line of goods"
    );
}

Check check_quantities(const Receiving& receiving, const WantedGoods& wanted, std::size_t index) {
    const OrderLineState& line = receiving.order.lines[wanted.order_line - 1U];
    if (wanted.quantity <= Quantity{} || wanted.quantity.milli() > quantity_milli_max) {
        return refuse(
            wanted.has_quantity ? Refusal::quantity_not_positive : Refusal::nothing_to_receive,
            line_path(index, "quantity"),
            to_string(wanted.quantity),
            "more than zero"
        );
    }
    const bool is_part = !wanted.rejected.is_negative() && wanted.rejected <= wanted.quantity;
    if (!is_part) {
        return refuse(
            Refusal::more_rejected_than_received,
            line_path(index, "rejected"),
            to_string(wanted.rejected),
            fmt::format("from 0 to {}", to_string(wanted.quantity))
        );
    }
    if (!wanted.rejected.is_zero() && wanted.reject_reason == RejectReason::none) {
        return refuse(
            Refusal::reject_reason_missing, line_path(index, "reject_reason"), "none", "why"
        );
    }
    const Quantity most =
        tolerated(line.quantity - line.forgone, receiving.order.policy.over_delivery);
    const Quantity accepted = wanted.quantity - wanted.rejected;
    if (line.accepted + accepted <= most) return Nothing{};
    return refuse(
        Refusal::more_than_tolerated,
        line_path(index, "quantity"),
        fmt::format("{} accepted, {} before", to_string(accepted), to_string(line.accepted)),
        fmt::format("at most {} of {} ordered", to_string(most), to_string(line.quantity))
    );
}

// The line's figures, each rounded once.
Judged<ReceivedLine> valued(
    const Purchasing& state, Receiving& receiving, const WantedGoods& wanted, std::size_t index
) {
    OrderLineState& line = receiving.order.lines[wanted.order_line - 1U];
    const Quantity accepted = wanted.quantity - wanted.rejected;
    const bool stocked = is_stocked(state.items.get(line.item));
    Portion transit = line.transit;
    const Portion ahead = take(transit, std::min(accepted, transit.quantity));
    Worth worth{
        .price = line.price,
        .quantity = accepted - ahead.quantity,
        .discount = line.discount,
        .rate = ExchangeRate::from_micro(1'000'000),
        .currency = receiving.order.currency};
    const auto net = worth_of(worth, line.net_carry);
    worth.rate = receiving.rate;
    worth.currency = receiving.base;
    auto value = worth_of(worth, line.value_carry);
    if (!net || !value) {
        return refuse(
            Refusal::amount_too_large,
            line_path(index, "quantity"),
            fmt::format("{} at {}", to_string(accepted), to_string(line.price)),
            "a smaller amount"
        );
    }
    if (!stocked) value = Rounded{Money::from_minor(0, receiving.base), 0};
    const Money before = Money::from_minor(ahead.value.minor(), receiving.base);
    const Money ahead_net = Money::from_minor(ahead.net.minor(), receiving.order.currency);
    const ReceivedLine received{
        wired(line.item),
        wired(line.posting_group),
        wired(wanted.location),
        wired(wanted.lot),
        wired(wanted.quantity),
        wired(wanted.rejected),
        wired(accepted),
        wired(line.price),
        wired(net->money + ahead_net),
        wired(value->money + before),
        wired(before),
        wired(ahead.quantity),
        wired(ahead_net),
        value->carry,
        net->carry,
        wired(wanted.expiry),
        wanted.order_line,
        wanted.reject_reason,
        stocked};
    receive(line, received);
    receiving.needs_warehouse = receiving.needs_warehouse || stocked;
    return received;
}

Judged<std::vector<ReceivedLine>> received_lines(
    const Purchasing& state, Receiving& receiving, const ReceiveGoods& command
) {
    const bool is_given = command.lines() != nullptr && command.lines()->size() > 0;
    const std::vector<WantedGoods> wanted = is_given ? wanted_goods(command) : all_left(receiving);
    if (wanted.empty()) {
        return refuse(
            Refusal::nothing_to_receive,
            "order",
            fmt::format("nothing is left of {}", to_string(read(command.order()))),
            "an order with something to come"
        );
    }
    const Check counted = check_line_count(wanted.size());
    if (!counted.ok()) return counted.refused();
    std::vector<ReceivedLine> lines;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        WantedGoods goods = wanted[i];
        const Check place = check_place(receiving, goods, i);
        if (!place.ok()) return place.refused();
        if (!goods.has_quantity) {
            goods.quantity = to_come(receiving.order, receiving.order.lines[goods.order_line - 1U]);
        }
        const Check checked = check_quantities(receiving, goods, i);
        if (!checked.ok()) return checked.refused();
        const Judged<ReceivedLine> line = valued(state, receiving, goods, i);
        if (!line.ok()) return line.refused();
        lines.push_back(line.value());
    }
    return lines;
}

Judged<const Order*> order_to_receive(const Purchasing& state, Id id) {
    const Judged<const Order*> order = open_order(state, id);
    if (!order.ok()) return order;
    if (order.value()->needs_approval) {
        return refuse(
            Refusal::order_not_approved, "order", to_string(id), "an order that is approved"
        );
    }
    if (!order.value()->is_held) return order;
    return refuse(Refusal::order_held, "order", "an order on hold", "one that is not on hold");
}

Id warehouse_of(const Order& order, const ReceiveGoods& command) {
    const Id given = read_or_none(command.warehouse());
    if (!given.is_none()) return given;
    for (const OrderLineState& line : order.lines) {
        if (!line.warehouse.is_none()) return line.warehouse;
    }
    return {};
}

Check check_warehouse(const Purchasing& state, const Receiving& receiving) {
    if (receiving.warehouse.is_none()) {
        if (!receiving.needs_warehouse) return Nothing{};
        return refuse(
            Refusal::warehouse_missing, "warehouse", "none here or in the order", "a warehouse"
        );
    }
    if (state.places.contains(receiving.warehouse)) return Nothing{};
    return refuse(
        Refusal::warehouse_unknown,
        "warehouse",
        to_string(receiving.warehouse),
        "a place that inventory has defined"
    );
}

// ---- Sending back

struct SentBack {
    const Receipt& receipt;
    const Order& order;
    Date date;
};

Received& received_of(Order& order, const ReceiptLineState& line) {
    DAYBOOK_ASSERT(line.order_line >= 1);
    OrderLineState& ordered = order.lines[line.order_line - 1U];
    DAYBOOK_ASSERT(line.index < ordered.receipts.size());
    return ordered.receipts[line.index];
}
const Received& received_of(const Order& order, const ReceiptLineState& line) {
    return order.lines[line.order_line - 1U].receipts[line.index];
}

ReturnedLine returned_line(
    const SentBack& sent, std::uint16_t number, Quantity quantity, Id location
) {
    const ReceiptLineState& place = sent.receipt.lines[number - 1U];
    const OrderLineState& line = sent.order.lines[place.order_line - 1U];
    const Received& received = received_of(sent.order, place);
    Portion unbilled = received.unbilled;
    Portion billed = received.billed;
    const Quantity billed_whole = billed.quantity;
    const Portion first = take(unbilled, std::min(quantity, unbilled.quantity));
    const Portion second = take(billed, quantity - first.quantity);
    const Money variance = share_of(received.variance, second.quantity, billed_whole);
    const Money billed_net = share_of(received.billed_net, second.quantity, billed_whole);
    const Money credit = received.is_stocked ? second.value + variance
                                             : Money::from_minor(0, second.value.currency());
    return ReturnedLine{
        wired(line.item),
        wired(line.posting_group),
        wired(location.is_none() ? place.location : location),
        wired(place.lot),
        wired(quantity),
        wired(second.quantity),
        wired(first.value + credit),
        wired(first.value),
        wired(credit),
        wired(variance),
        wired(first.net),
        wired(second.net),
        wired(billed_net),
        place.order_line,
        number,
        received.is_stocked};
}

Judged<ReturnedLine> asked_return(
    const SentBack& sent, const ReturnedGoods& wanted, std::size_t index
) {
    const std::size_t count = sent.receipt.lines.size();
    if (wanted.receipt_line() < 1 || wanted.receipt_line() > count) {
        return refuse(
            Refusal::receipt_line_unknown,
            line_path(index, "receipt_line"),
            fmt::format("line {}", wanted.receipt_line()),
            fmt::format("a line from 1 to {}", count)
        );
    }
    const Quantity left =
        left_of(received_of(sent.order, sent.receipt.lines[wanted.receipt_line() - 1U]));
    const Quantity quantity = wanted.quantity() == nullptr ? left : read(wanted.quantity());
    if (quantity <= Quantity{} && wanted.quantity() != nullptr) {
        return refuse(
            Refusal::quantity_not_positive,
            line_path(index, "quantity"),
            to_string(quantity),
            "more than zero"
        );
    }
    if (left.is_zero() || quantity > left) {
        return refuse(
            Refusal::more_than_received,
            line_path(index, "quantity"),
            to_string(quantity),
            fmt::format("at most the {} received and not sent back", to_string(left))
        );
    }
    return returned_line(sent, wanted.receipt_line(), quantity, read_or_none(wanted.location()));
}

Judged<std::vector<ReturnedLine>> returned_lines(const SentBack& sent, const ReturnGoods& command) {
    std::vector<ReturnedLine> lines;
    const std::size_t given = command.lines() == nullptr ? 0 : command.lines()->size();
    for (std::size_t i = 0; given == 0 && i < sent.receipt.lines.size(); ++i) {
        const Quantity left = left_of(received_of(sent.order, sent.receipt.lines[i]));
        if (left.is_zero()) continue;
        lines.push_back(returned_line(sent, static_cast<std::uint16_t>(i + 1), left, Id{}));
    }
    if (given == 0 && lines.empty()) {
        return refuse(
            Refusal::more_than_received,
            "receipt",
            "nothing left to send back",
            "a receipt of which something is left"
        );
    }
    for (flatbuffers::uoffset_t i = 0; i < given; ++i) {
        const Judged<ReturnedLine> line = asked_return(sent, *command.lines()->Get(i), i);
        if (!line.ok()) return line.refused();
        for (const ReturnedLine& other : lines) {
            if (other.receipt_line() != line.value().receipt_line()) continue;
            return refuse(
                Refusal::line_named_twice,
                line_path(i, "receipt_line"),
                fmt::format("line {}", other.receipt_line()),
                "each line once"
            );
        }
        lines.push_back(line.value());
    }
    return lines;
}

// What was not billed goes out of the accrual, so not before it is there.
Check check_accrued(const SentBack& sent, std::span<const ReturnedLine> lines, Date day) {
    for (const ReturnedLine& line : lines) {
        const Received& received =
            received_of(sent.order, sent.receipt.lines[line.receipt_line() - 1U]);
        if (line.accrued().minor() == 0 || day >= received.accrued_since) continue;
        return refuse(
            Refusal::date_before_document,
            "date",
            to_string(sent.date),
            fmt::format(
                "{} or later, when its bill was taken back", to_string(received.accrued_since)
            )
        );
    }
    return Nothing{};
}

void send_back(Order& order, const ReceiptLineState& place, const ReturnedLine& event) {
    OrderLineState& line = order.lines[place.order_line - 1U];
    Received& received = received_of(order, place);
    const Quantity quantity = read(event.quantity());
    const Quantity billed = read(event.billed());
    const Money variance = read(event.variance());
    const Money credit = read(event.credit_expected());
    received.unbilled.quantity -= quantity - billed;
    received.unbilled.value -= read(event.accrued());
    received.unbilled.net -= read(event.unbilled_net());
    received.billed.quantity -= billed;
    if (received.is_stocked) received.billed.value -= credit - variance;
    received.billed.net -= read(event.ordered_net());
    received.variance -= variance;
    received.billed_net -= read(event.billed_net());
    put(line.credit_expected, {billed, credit, read(event.billed_net())});
    line.accepted -= quantity;
    DAYBOOK_ASSERT(!received.unbilled.value.is_negative());
    DAYBOOK_ASSERT(!received.unbilled.quantity.is_zero() || received.unbilled.value.is_zero());
    DAYBOOK_ASSERT(!line.accepted.is_negative());
}

}  // namespace

Decision decide(const Purchasing& state, const ReceiveGoods& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Check is_new = check_new(state, "receipt", read(command.receipt()));
    if (!is_new.ok()) return is_new.refused();
    const Judged<const Order*> order = order_to_receive(state, read(command.order()));
    if (!order.ok()) return order.refused();
    const Check dated = check_not_before(date, order.value()->date);
    if (!dated.ok()) return dated.refused();
    const Judged<Date> day = accounting_day(state, date);
    if (!day.ok()) return day.refused();
    const Judged<ExchangeRate> rate =
        rate_on(state, order.value()->currency, date, read_or_none(command.exchange_rate()));
    if (!rate.ok()) return rate.refused();
    Receiving receiving{
        .order = *order.value(),
        .warehouse = warehouse_of(*order.value(), command),
        .rate = rate.value(),
        .base = state.book.get().base};
    Judged<std::vector<ReceivedLine>> lines = received_lines(state, receiving, command);
    if (!lines.ok()) return lines.refused();
    const Check warehouse = check_warehouse(state, receiving);
    if (!warehouse.ok()) return warehouse.refused();

    GoodsReceivedT event;
    event.receipt = read(command.receipt());
    event.order = read(command.order());
    event.supplier = order.value()->supplier;
    event.date = date;
    event.accounting_date = day.value();
    event.warehouse = receiving.warehouse;
    event.currency = order.value()->currency;
    event.rate = rate.value();
    event.delivery_note = copy(command.delivery_note());
    event.value = Money::from_minor(0, receiving.base);
    for (const ReceivedLine& line : lines.value()) event.value += read(line.value());
    event.lines = std::move(lines.value());
    return event;
}

Decision decide(const Purchasing& state, const ReturnGoods& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Check is_new = check_new(state, "goods_return", read(command.goods_return()));
    if (!is_new.ok()) return is_new.refused();
    const Receipt* receipt = state.receipts.find(read(command.receipt()));
    if (receipt == nullptr) {
        return refuse(
            Refusal::receipt_unknown,
            "receipt",
            to_string(read(command.receipt())),
            "a receipt of goods"
        );
    }
    if (command.reason() == RejectReason::none) {
        return refuse(Refusal::reason_missing, "reason", "none", "why they are sent back");
    }
    const Check dated = check_not_before(date, receipt->date);
    if (!dated.ok()) return dated.refused();
    const Judged<Date> day = accounting_day(state, date);
    if (!day.ok()) return day.refused();
    const SentBack sent{*receipt, *state.orders.find(receipt->order), date};
    Judged<std::vector<ReturnedLine>> lines = returned_lines(sent, command);
    if (!lines.ok()) return lines.refused();
    const Check accrued = check_accrued(sent, lines.value(), day.value());
    if (!accrued.ok()) return accrued.refused();

    GoodsReturnedToSupplierT event;
    event.goods_return = read(command.goods_return());
    event.receipt = read(command.receipt());
    event.order = receipt->order;
    event.supplier = sent.order.supplier;
    event.date = date;
    event.accounting_date = day.value();
    event.warehouse = receipt->warehouse;
    event.reason = command.reason();
    event.is_replaced = command.is_replaced();
    event.text = copy(command.text());
    event.value = Money::from_minor(0, state.book.get().base);
    for (const ReturnedLine& line : lines.value()) event.value += read(line.value());
    event.lines = std::move(lines.value());
    return event;
}

void apply(Purchasing& state, const GoodsReceived& event) {
    const Id id = read(event.receipt());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::receipt};
    Order& order = state.orders.at(read(event.order()));
    count_on_order(state, order, -1);
    Receipt& receipt = state.receipts.at(id);
    receipt.order = read(event.order());
    receipt.warehouse = read_or_none(event.warehouse());
    receipt.date = read(event.date());
    for (const ReceivedLine* line : *event.lines()) {
        OrderLineState& ordered = order.lines[line->order_line() - 1U];
        receive(ordered, *line);
        const Portion ahead{
            read(line->ahead()), read(line->billed_before()), read(line->ahead_net())};
        receipt.lines.push_back(
            {.order_line = line->order_line(),
             .index = static_cast<std::uint16_t>(ordered.receipts.size()),
             .location = read(line->location()),
             .lot = read(line->lot())}
        );
        ordered.receipts.push_back(
            {.receipt = id,
             .receipt_line = static_cast<std::uint16_t>(receipt.lines.size()),
             .is_stocked = line->is_stocked(),
             .rate = read(event.rate()),
             .accrued_since = read(event.accounting_date()),
             .unbilled =
                 {read(line->accepted()) - ahead.quantity,
                  read(line->value()) - ahead.value,
                  read(line->net()) - ahead.net},
             .billed = ahead,
             .variance = Money::from_minor(0, state.book.get().base),
             .billed_net = ahead.net}
        );
    }
    count_on_order(state, order, 1);
}

void apply(Purchasing& state, const GoodsReturnedToSupplier& event) {
    const Id id = read(event.goods_return());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::goods_return};
    Order& order = state.orders.at(read(event.order()));
    count_on_order(state, order, -1);
    const Receipt& receipt = *state.receipts.find(read(event.receipt()));
    for (const ReturnedLine* line : *event.lines()) {
        send_back(order, receipt.lines[line->receipt_line() - 1U], *line);
        OrderLineState& ordered = order.lines[line->order_line() - 1U];
        if (!read(line->billed()).is_zero()) {
            ordered.credit_since = std::max(ordered.credit_since, read(event.accounting_date()));
        }
        if (event.is_replaced()) continue;
        ordered.forgone += read(line->quantity());
    }
    count_on_order(state, order, 1);
}

}  // namespace daybook::purchasing
