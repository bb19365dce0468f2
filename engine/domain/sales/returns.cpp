// Returns: what a customer sends back of a delivery, never more than it brought him. Inventory
// takes it in at the cost at which it left. It is credited by a credit note of the invoice, or was
// never invoiced; or the order delivers the same again.

#include <fmt/format.h>

#include "engine/domain/sales/documents.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

using ReturnLines = flatbuffers::Vector<flatbuffers::Offset<ReturnLine>>;

struct Coming {
    std::uint16_t delivery_line = 0;  // From 1.
    Quantity quantity;
    Id location;
    bool is_restocked = true;
};

std::vector<Coming> all_left(const Delivery& delivery) {
    std::vector<Coming> lines;
    for (std::size_t i = 0; i < delivery.lines.size(); ++i) {
        const Quantity left = delivery.lines[i].quantity - delivery.lines[i].returned;
        if (left.is_zero()) continue;
        lines.push_back({.delivery_line = static_cast<std::uint16_t>(i + 1), .quantity = left});
    }
    return lines;
}

// One line; `delivery` has what the lines before it take back.
Judged<Coming> returned_line(
    const Delivery& delivery, const ReturnLine& wanted, std::size_t index
) {
    if (wanted.delivery_line() < 1 || wanted.delivery_line() > delivery.lines.size()) {
        return Refused{
            Refusal::source_line_unknown,
            {line_path(index, "delivery_line"),
             fmt::format("line {}", wanted.delivery_line()),
             fmt::format("a line from 1 to {}", delivery.lines.size())}};
    }
    const DeliveryPart& part = delivery.lines[wanted.delivery_line() - 1U];
    const Quantity left = part.quantity - part.returned;
    const Quantity quantity = wanted.quantity() == nullptr ? left : read(wanted.quantity());
    if (quantity.milli() <= 0 && wanted.quantity() != nullptr) {
        return Refused{
            Refusal::quantity_not_positive,
            {line_path(index, "quantity"), to_string(quantity), "more than zero"}};
    }
    if (left.is_zero() || quantity > left) {
        return Refused{
            Refusal::more_than_delivered,
            {line_path(index, "quantity"),
             to_string(quantity),
             fmt::format(
                 "at most the {} not yet returned of {}", to_string(left), to_string(part.quantity)
             )}};
    }
    return Coming{
        wanted.delivery_line(), quantity, read_or_none(wanted.location()), !wanted.is_worthless()};
}

Judged<std::vector<Coming>> lines_of(const Delivery& delivery, const ReturnLines* lines) {
    if (lines == nullptr || lines->size() == 0) return all_left(delivery);
    if (lines->size() > lines_max) {
        return Refused{
            Refusal::too_many_lines,
            {"lines",
             fmt::format("{} lines", lines->size()),
             fmt::format("at most {}", lines_max)}};
    }
    Delivery changed = delivery;
    std::vector<Coming> coming;
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        const Judged<Coming> line = returned_line(changed, *lines->Get(i), i);
        if (!line.ok()) return line.refused();
        changed.lines[line.value().delivery_line - 1U].returned += line.value().quantity;
        coming.push_back(line.value());
    }
    return coming;
}

Judged<const Delivery*> live_delivery(const Sales& state, Id id) {
    if (state.documents.get(id).kind != DocumentKind::delivery) {
        return Refused{
            Refusal::delivery_unknown, {"delivery", to_string(id), "a delivery that was made"}};
    }
    const Delivery* delivery = state.deliveries.find(id);
    if (delivery == nullptr) {
        return Refused{
            Refusal::delivery_closed,
            {"delivery", "all of it came back", "a delivery not yet returned in full"}};
    }
    return delivery;
}

void take_from_order(Sales& state, const GoodsReturned& event) {
    const Id id = read_or_none(event.order());
    if (id.is_none() || !state.orders.contains(id)) return;
    Order& order = state.orders.at(id);
    for (const ReturnedLine* line : *event.lines()) {
        OrderLine& placed = order.lines[line->order_line() - 1U];
        const Quantity quantity = read(line->quantity());
        if (event.is_replaced()) {
            placed.delivered -= quantity;
        } else {
            placed.returned += quantity;
        }
        DAYBOOK_ASSERT(placed.returned <= placed.delivered);
    }
    order_changed(state, id);
}

}  // namespace

Decision decide(const Sales& state, const AcceptReturn& command, const Context& context) {
    const Id id = read(command.goods_return());
    const Judged<Nothing> is_new = check_new_document(state, "goods_return", id);
    if (!is_new.ok()) return is_new.refused();
    const Judged<const Delivery*> found = live_delivery(state, read(command.delivery()));
    if (!found.ok()) return found.refused();
    const Delivery& delivery = *found.value();
    const Date date = date_or_today(command.date(), context);
    const Judged<Nothing> dated = check_not_before(date, delivery.date);
    if (!dated.ok()) return dated.refused();
    if (command.is_replaced()) {
        const Judged<const Order*> order = open_order(state, delivery.order);
        if (!order.ok()) return order.refused();
    }
    const Judged<std::vector<Coming>> lines = lines_of(delivery, command.lines());
    if (!lines.ok()) return lines.refused();

    GoodsReturnedT event;
    event.goods_return = id;
    event.delivery = read(command.delivery());
    event.order = delivery.order;
    event.party = delivery.party;
    event.date = date;
    event.warehouse = read_or_none(command.warehouse());
    if (event.warehouse.is_none()) event.warehouse = delivery.warehouse;
    event.is_replaced = command.is_replaced();
    event.reason = copy(command.reason());
    for (const Coming& line : lines.value()) {
        const DeliveryPart& part = delivery.lines[line.delivery_line - 1U];
        event.lines.emplace_back(
            wired(part.item),
            wired(part.lot),
            wired(line.location),
            wired(line.quantity),
            line.delivery_line,
            part.order_line,
            part.is_goods,
            line.is_restocked
        );
    }
    return event;
}

void apply(Sales& state, const GoodsReturned& event) {
    const Id id = read(event.goods_return());
    const Id delivery_id = read(event.delivery());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::goods_return, read(event.party())};
    Return& taken = state.returns.at(id);
    taken.delivery = delivery_id;
    taken.order = read_or_none(event.order());
    Delivery& delivery = state.deliveries.at(delivery_id);
    bool is_all_back = true;
    for (const ReturnedLine* line : *event.lines()) {
        DeliveryPart& part = delivery.lines[line->delivery_line() - 1U];
        part.returned += read(line->quantity());
        DAYBOOK_ASSERT(part.returned <= part.quantity);
        taken.lines.push_back(
            {.quantity = read(line->quantity()),
             .delivery_line = line->delivery_line(),
             .order_line = line->order_line()}
        );
    }
    for (const DeliveryPart& part : delivery.lines) {
        is_all_back = is_all_back && part.returned == part.quantity;
    }
    // What is to be replaced is not to be credited.
    if (event.is_replaced()) state.returns.erase(id);
    take_from_order(state, event);
    if (!is_all_back) return;
    if (!delivery.order.is_none()) --state.confirmed_orders.at(delivery.order).deliveries;
    state.deliveries.erase(delivery_id);
}

}  // namespace daybook::sales
