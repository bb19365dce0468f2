// Deliveries: of an order, never more than was ordered and the tolerance allows, or to a customer
// directly. Whether the goods are there and what they cost is for inventory to say: it answers the
// event in the same batch, or refuses both.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/sales/credit.hpp"
#include "engine/domain/sales/documents.hpp"
#include "engine/domain/sales/parties.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

using DeliveryLines = flatbuffers::Vector<flatbuffers::Offset<DeliveryLine>>;

struct Leaving {
    Id item;
    Id lot;
    Id location;
    Quantity quantity;
    std::uint16_t order_line = 0;
    bool is_goods = false;
};

DeliveredLine delivered_line(const Leaving& leaving) {
    return DeliveredLine{
        wired(leaving.item),
        wired(leaving.lot),
        wired(leaving.location),
        wired(leaving.quantity),
        leaving.order_line,
        leaving.is_goods};
}

Refused not_positive(std::size_t index, Quantity quantity) {
    return {
        Refusal::quantity_not_positive,
        {line_path(index, "quantity"), to_string(quantity), "more than zero"}};
}

Judged<std::vector<Leaving>> all_left(const Order& order) {
    std::vector<Leaving> lines;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const Quantity left = left_to_deliver(order, order.lines[i]);
        if (left.is_zero()) continue;
        lines.push_back(
            {.item = order.lines[i].line.item,
             .quantity = left,
             .order_line = static_cast<std::uint16_t>(i + 1),
             .is_goods = true}
        );
    }
    if (!lines.empty()) return lines;
    return Refused{
        Refusal::nothing_to_deliver,
        {"order", "all its goods are delivered", "an order with goods that are not"}};
}

// One line of an order; `order` has what the lines before it take.
Judged<Leaving> ordered_line(const Order& order, const DeliveryLine& wanted, std::size_t index) {
    if (wanted.order_line() < 1 || wanted.order_line() > order.lines.size()) {
        return Refused{
            Refusal::source_line_unknown,
            {line_path(index, "order_line"),
             fmt::format("line {}", wanted.order_line()),
             fmt::format("a line from 1 to {}", order.lines.size())}};
    }
    const OrderLine& placed = order.lines[wanted.order_line() - 1U];
    if (placed.line.kind != LineKind::item || placed.line.quantity.milli() <= 0) {
        return Refused{
            Refusal::line_not_deliverable,
            {line_path(index, "order_line"),
             fmt::format("line {}", wanted.order_line()),
             "a line of an item with a quantity above zero"}};
    }
    const Id item = read_or_none(wanted.item());
    if (!item.is_none() && item != placed.line.item) {
        return Refused{
            Refusal::terms_given_twice,
            {line_path(index, "item"),
             to_string(item),
             fmt::format("{}, as the order says, or none", to_string(placed.line.item))}};
    }
    const Quantity left = std::max(placed.line.quantity - placed.delivered, Quantity{});
    const Quantity quantity = wanted.quantity() == nullptr ? left : read(wanted.quantity());
    if (quantity.milli() <= 0) return not_positive(index, quantity);
    const Quantity most = most_delivered(order, placed.line.quantity) - placed.delivered;
    if (quantity > most) {
        return Refused{
            Refusal::more_than_ordered,
            {line_path(index, "quantity"),
             to_string(quantity),
             fmt::format(
                 "at most {}: {} ordered, {} delivered, {} more tolerated",
                 to_string(std::max(most, Quantity{})),
                 to_string(placed.line.quantity),
                 to_string(placed.delivered),
                 to_string(order.over_delivery)
             )}};
    }
    return Leaving{
        .item = placed.line.item,
        .lot = read_or_none(wanted.lot()),
        .location = read_or_none(wanted.location()),
        .quantity = quantity,
        .order_line = wanted.order_line(),
        .is_goods = placed.line.is_goods};
}

Judged<Nothing> check_line_count(const DeliveryLines& lines) {
    if (lines.size() <= lines_max) return Nothing{};
    return Refused{
        Refusal::too_many_lines,
        {"lines", fmt::format("{} lines", lines.size()), fmt::format("at most {}", lines_max)}};
}

Judged<std::vector<Leaving>> lines_of_order(const Order& order, const DeliveryLines* lines) {
    if (lines == nullptr || lines->size() == 0) return all_left(order);
    const Judged<Nothing> counted = check_line_count(*lines);
    if (!counted.ok()) return counted.refused();
    Order changed = order;
    std::vector<Leaving> leaving;
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        const Judged<Leaving> line = ordered_line(changed, *lines->Get(i), i);
        if (!line.ok()) return line.refused();
        changed.lines[line.value().order_line - 1U].delivered += line.value().quantity;
        leaving.push_back(line.value());
    }
    return leaving;
}

Judged<Leaving> direct_line(const Sales& state, const DeliveryLine& wanted, std::size_t index) {
    if (wanted.order_line() != 0) {
        return Refused{
            Refusal::source_line_unknown,
            {line_path(index, "order_line"),
             fmt::format("line {}", wanted.order_line()),
             "an order whose line it is"}};
    }
    const Leaving line{
        .item = read_or_none(wanted.item()),
        .lot = read_or_none(wanted.lot()),
        .location = read_or_none(wanted.location()),
        .quantity = read_or_none(wanted.quantity()),
        .is_goods = state.goods.contains(read_or_none(wanted.item()))};
    if (line.item.is_none()) {
        return Refused{Refusal::item_missing, {line_path(index, "item"), "no item", "an item"}};
    }
    if (!state.items.contains(line.item)) {
        return Refused{
            Refusal::item_unknown,
            {line_path(index, "item"), to_string(line.item), "an item that was defined"}};
    }
    if (line.quantity.milli() <= 0) return not_positive(index, line.quantity);
    if (line.quantity.milli() > quantity_milli_max) {
        return Refused{
            Refusal::amount_too_large,
            {line_path(index, "quantity"),
             to_string(line.quantity),
             fmt::format("at most {}", to_string(Quantity::from_milli(quantity_milli_max)))}};
    }
    return line;
}

Judged<std::vector<Leaving>> direct_lines(const Sales& state, const DeliveryLines* lines) {
    if (lines == nullptr || lines->size() == 0) {
        return Refused{Refusal::lines_missing, {"lines", "none", "at least one line"}};
    }
    const Judged<Nothing> counted = check_line_count(*lines);
    if (!counted.ok()) return counted.refused();
    std::vector<Leaving> leaving;
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        const Judged<Leaving> line = direct_line(state, *lines->Get(i), i);
        if (!line.ok()) return line.refused();
        leaving.push_back(line.value());
    }
    return leaving;
}

// What is delivered beyond the order will be invoiced as well: it has to be within the limit.
Judged<Nothing> check_more_credit(
    const Sales& state, const Order& order, const std::vector<Leaving>& lines
) {
    Order changed = order;
    for (const Leaving& line : lines) {
        changed.lines[line.order_line - 1U].delivered += line.quantity;
    }
    const Wide open = open_minor(changed);
    if (!fits_64(open)) return Refusal::amount_too_large;
    const Money more = Money::from_minor(narrow(open), order.currency) - order.open;
    return check_credit(state, standing_for(state, order.party), more);
}

struct Leave {
    Id party;
    Date date;
    std::vector<Leaving> lines;
};

Judged<Leave> leave_of_order(
    const Sales& state, const DeliverOrder& command, const Context& context
) {
    const Judged<const Order*> found = open_order(state, read(command.order()));
    if (!found.ok()) return found.refused();
    const Order& order = *found.value();
    if (order.is_held) {
        return Refused{
            Refusal::order_held, {"order", "an order on hold", "one that is not on hold"}};
    }
    if (!read_or_none(command.party()).is_none()) {
        return Refused{
            Refusal::terms_given_twice,
            {"party", to_string(read(command.party())), "none: the order says who it is"}};
    }
    const Judged<Id> party = party_for_document(state, order.party);
    if (!party.ok()) return party.refused();
    const Date date = date_or_today(command.date(), context);
    const Judged<Nothing> dated = check_not_before(date, order.date);
    if (!dated.ok()) return dated.refused();
    Judged<std::vector<Leaving>> lines = lines_of_order(order, command.lines());
    if (!lines.ok()) return lines.refused();
    const Judged<Nothing> credit = check_more_credit(state, order, lines.value());
    if (!credit.ok()) return credit.refused();
    return Leave{party.value(), date, std::move(lines.value())};
}

Judged<Leave> leave_directly(
    const Sales& state, const DeliverOrder& command, const Context& context
) {
    const Judged<Id> party = party_for_document(state, read_or_none(command.party()));
    if (!party.ok()) return party.refused();
    Judged<std::vector<Leaving>> lines = direct_lines(state, command.lines());
    if (!lines.ok()) return lines.refused();
    return Leave{party.value(), date_or_today(command.date(), context), std::move(lines.value())};
}

}  // namespace

Decision decide(const Sales&, const SetSalesPolicy& command) {
    const Judged<Nothing> tolerance = check_over_delivery(command.over_delivery());
    if (!tolerance.ok()) return tolerance.refused();

    return SalesPolicySetT{
        .invoice_basis = command.invoice_basis() == InvoiceBasis::unset ? InvoiceBasis::ordered
                                                                        : command.invoice_basis(),
        .over_delivery = read_or_none(command.over_delivery())};
}

Decision decide(const Sales& state, const DeliverOrder& command, const Context& context) {
    const Id id = read(command.delivery());
    const Id order = read_or_none(command.order());
    const Judged<Nothing> is_new = check_new_document(state, "delivery", id);
    if (!is_new.ok()) return is_new.refused();
    const Judged<Leave> leave = order.is_none() ? leave_directly(state, command, context)
                                                : leave_of_order(state, command, context);
    if (!leave.ok()) return leave.refused();

    GoodsDeliveredT event;
    event.delivery = id;
    event.order = order;
    event.party = leave.value().party;
    event.date = leave.value().date;
    event.warehouse = read_or_none(command.warehouse());
    event.reference = copy(command.reference());
    for (const Leaving& line : leave.value().lines) event.lines.push_back(delivered_line(line));
    return event;
}

void apply(Sales& state, const SalesPolicySet& event) {
    DAYBOOK_ASSERT(event.invoice_basis() != InvoiceBasis::unset);
    state.policy.edit() = {event.invoice_basis(), read(event.over_delivery())};
}

void apply(Sales& state, const GoodsDelivered& event) {
    const Id id = read(event.delivery());
    const Id order_id = read_or_none(event.order());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::delivery, read(event.party())};
    Delivery& delivery = state.deliveries.at(id);
    delivery = {
        .party = read(event.party()),
        .order = order_id,
        .warehouse = read_or_none(event.warehouse()),
        .date = read(event.date())};
    delivery.lines.reserve(event.lines()->size());
    for (const DeliveredLine* line : *event.lines()) {
        delivery.lines.push_back(
            {.item = read(line->item()),
             .lot = read(line->lot()),
             .quantity = read(line->quantity()),
             .order_line = line->order_line(),
             .is_goods = line->is_goods()}
        );
    }
    if (order_id.is_none()) return;
    ++state.confirmed_orders.at(order_id).deliveries;
    Order& order = state.orders.at(order_id);
    for (const DeliveryPart& part : delivery.lines) {
        OrderLine& placed = order.lines[part.order_line - 1U];
        placed.delivered += part.quantity;
        DAYBOOK_ASSERT(placed.delivered <= most_delivered(order, placed.line.quantity));
    }
    order_changed(state, order_id);
}

}  // namespace daybook::sales
