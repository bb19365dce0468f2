// Orders: confirmed of a quotation or directly, amended, held and released, and in the end
// delivered and invoiced, closed short or cancelled. What is open counts against the customer's
// credit limit.

#include <fmt/format.h>

#include "engine/domain/sales/credit.hpp"
#include "engine/domain/sales/documents.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

Judged<Draft> draft_of_quotation(
    const Sales& state, const ConfirmOrder& command, const Context& context
) {
    const Id id = read(command.quotation());
    if (state.documents.get(id).kind != DocumentKind::quotation) {
        return Refused{
            Refusal::quotation_unknown,
            {"quotation", to_string(id), "a quotation that was drafted"}};
    }
    const Quotation* quotation = state.quotations.find(id);
    if (quotation == nullptr || quotation->status == QuotationStatus::ordered) {
        return Refused{
            Refusal::quotation_closed, {"quotation", to_string(id), "an accepted quotation"}};
    }
    if (quotation->status != QuotationStatus::accepted) {
        return Refused{
            Refusal::quotation_not_accepted,
            {"quotation", to_string(id), "a quotation that the customer has accepted"}};
    }
    Wanted wanted = wanted_of(command);
    if (gives_terms(wanted, quotation->includes_tax) || command.lines() != nullptr) {
        return terms_given_twice();
    }
    wanted.party = quotation->party;
    wanted.currency = quotation->currency;
    wanted.includes_tax = quotation->includes_tax;
    Judged<Draft> draft = open_draft(state, wanted, context);
    if (!draft.ok()) return draft;
    const Judged<Nothing> dated = check_not_before(draft.value().date, quotation->date);
    if (!dated.ok()) return dated.refused();
    draft.value().lines = quotation->lines;
    return draft;
}

Judged<const ConfirmedOrder*> order_to_cancel(const Sales& state, Id id) {
    if (state.documents.get(id).kind != DocumentKind::order) {
        return Refused{
            Refusal::order_unknown, {"order", to_string(id), "an order that was confirmed"}};
    }
    const ConfirmedOrder* order = state.confirmed_orders.find(id);
    if (order != nullptr) return order;
    return Refused{
        Refusal::order_closed,
        {"order", fmt::format("{}, which is cancelled", to_string(id)), "one that is not"}};
}

// What happens to an open order, and when.
struct Step {
    const Order* order = nullptr;
    Date date;
};
template <class Command>
Judged<Step> step_of(const Sales& state, const Command& command, const Context& context) {
    const Judged<const Order*> found = open_order(state, read(command.order()));
    if (!found.ok()) return found.refused();
    const Date date = date_or_today(command.date(), context);
    const Judged<Nothing> dated = check_not_before(date, found.value()->date);
    if (!dated.ok()) return dated.refused();
    return Step{found.value(), date};
}

// Whether a line that is invoiced or delivered in part may be replaced by this one.
Judged<Nothing> check_amended_line(
    const Order& order, const DraftLine* amended, std::size_t index
) {
    const OrderLine& placed = order.lines[index];
    if (placed.invoiced.is_zero() && placed.delivered.is_zero() && placed.returned.is_zero()) {
        return Nothing{};
    }
    if (amended == nullptr || amended->kind != placed.line.kind ||
        amended->item != placed.line.item) {
        return Refused{
            Refusal::source_line_removed,
            {line_path(index, "item"),
             amended == nullptr ? "no line" : to_string(amended->item),
             fmt::format(
                 "{}, of which {} is invoiced and {} delivered",
                 to_string(placed.line.item),
                 to_string(placed.invoiced),
                 to_string(placed.delivered)
             )}};
    }
    if (placed.delivered > most_delivered(order, amended->quantity)) {
        return Refused{
            Refusal::less_than_delivered,
            {line_path(index, "quantity"),
             to_string(amended->quantity),
             fmt::format("at least the {} delivered", to_string(placed.delivered))}};
    }
    const Quantity most =
        placed.is_delivered() ? std::max(amended->quantity, placed.delivered) : amended->quantity;
    if (!placed.invoiced.is_zero() && !is_within(placed.invoiced, most)) {
        return Refused{
            Refusal::less_than_invoiced,
            {line_path(index, "quantity"),
             to_string(amended->quantity),
             fmt::format("at least the {} invoiced", to_string(placed.invoiced))}};
    }
    return Nothing{};
}

Judged<Nothing> check_amended(const Order& order, const Draft& draft) {
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const DraftLine* amended = i < draft.lines.size() ? &draft.lines[i] : nullptr;
        const Judged<Nothing> line = check_amended_line(order, amended, i);
        if (!line.ok()) return line;
    }
    return Nothing{};
}

std::vector<OrderLine> placed_lines(
    std::vector<DraftLine> lines, const std::vector<OrderLine>& before
) {
    std::vector<OrderLine> placed;
    placed.reserve(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        OrderLine line = i < before.size() ? before[i] : OrderLine{};
        line.line = std::move(lines[i]);
        placed.push_back(std::move(line));
    }
    return placed;
}

}  // namespace

Decision decide(const Sales& state, const ConfirmOrder& command, const Context& context) {
    const Id id = read(command.order());
    const Id quotation = read_or_none(command.quotation());
    const Judged<Nothing> is_new = check_new_document(state, "order", id);
    if (!is_new.ok()) return is_new.refused();
    Judged<Draft> draft = quotation.is_none() ? open_draft(state, wanted_of(command), context)
                                              : draft_of_quotation(state, command, context);
    if (draft.ok() && quotation.is_none()) {
        draft = with_lines(state, std::move(draft.value()), command.lines());
    }
    if (draft.ok()) draft = totalled(state, std::move(draft.value()));
    if (!draft.ok()) return draft.refused();
    const Judged<Nothing> positive = check_gross(draft.value());
    if (!positive.ok()) return positive.refused();
    const Judged<Nothing> credit = check_credit(state, draft.value().party, draft.value().gross);
    if (!credit.ok()) return credit.refused();
    const Judged<Nothing> tolerance = check_over_delivery(command.over_delivery());
    if (!tolerance.ok()) return tolerance.refused();

    OrderConfirmedT event;
    event.order = id;
    event.quotation = quotation;
    event.party = draft.value().party;
    event.currency = draft.value().currency;
    const Policy policy = state.policy.get();
    event.invoice_basis =
        command.invoice_basis() == InvoiceBasis::unset ? policy.basis : command.invoice_basis();
    event.over_delivery =
        command.over_delivery() == nullptr ? policy.over_delivery : read(command.over_delivery());
    event.reference = quotation.is_none() || command.reference() != nullptr
                          ? copy(command.reference())
                          : state.quotations.get(quotation).reference;
    put_amounts(event, draft.value());
    return event;
}

Decision decide(const Sales& state, const AmendOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Order& order = *step.value().order;
    Wanted wanted = wanted_of(command);
    wanted.party = order.party;
    wanted.currency = order.currency;
    Judged<Draft> draft = open_draft(state, wanted, context);
    if (draft.ok()) draft = with_lines(state, std::move(draft.value()), command.lines());
    if (draft.ok()) draft = totalled(state, std::move(draft.value()));
    if (!draft.ok()) return draft.refused();
    const Judged<Nothing> amended = check_amended(order, draft.value());
    if (!amended.ok()) return amended.refused();
    const Judged<Nothing> positive = check_gross(draft.value());
    if (!positive.ok()) return positive.refused();
    Order changed = order;
    changed.lines = placed_lines(draft.value().lines, order.lines);
    const Wide open = open_minor(changed);
    if (!fits_64(open)) return Refusal::amount_too_large;
    const Money more = Money::from_minor(narrow(open), order.currency) - order.open;
    const Judged<Nothing> credit = check_credit(state, draft.value().party, more);
    if (!credit.ok()) return credit.refused();

    OrderAmendedT event;
    event.order = read(command.order());
    event.reason = copy(command.reason());
    put_amounts(event, draft.value());
    return event;
}

Decision decide(const Sales& state, const HoldOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    if (step.value().order->is_held) {
        return Refused{
            Refusal::order_held, {"order", "an order on hold", "one that is not on hold"}};
    }

    OrderHeldT event;
    event.order = read(command.order());
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Sales& state, const ReleaseOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    if (!step.value().order->is_held) {
        return Refused{Refusal::order_not_held, {"order", "an order not on hold", "one on hold"}};
    }

    OrderReleasedT event;
    event.order = read(command.order());
    event.date = step.value().date;
    return event;
}

Decision decide(const Sales& state, const CloseOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();

    OrderClosedShortT event;
    event.order = read(command.order());
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Sales& state, const CancelOrder& command, const Context& context) {
    const Id id = read(command.order());
    const Judged<const ConfirmedOrder*> found = order_to_cancel(state, id);
    if (!found.ok()) return found.refused();
    const ConfirmedOrder& order = *found.value();
    const Date date = date_or_today(command.date(), context);
    const Judged<Nothing> dated = check_not_before(date, order.date);
    if (!dated.ok()) return dated.refused();
    if (order.deliveries > 0) {
        return Refused{
            Refusal::order_delivered,
            {"order",
             fmt::format("deliveries not returned in full: {}", order.deliveries),
             "none: close this one short, or take the goods back first"}};
    }
    if (order.invoices > 0) {
        return Refused{
            Refusal::order_invoiced,
            {"order",
             fmt::format("invoices not credited in full: {}", order.invoices),
             "none: close this one short, or credit the invoices first"}};
    }

    OrderCancelledT event;
    event.order = id;
    event.date = date;
    event.reason = copy(command.reason());
    return event;
}

void apply(Sales& state, const OrderConfirmed& event) {
    const Id id = read(event.order());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::order, read(event.party())};
    Order& order = state.orders.at(id);
    order.party = read(event.party());
    order.date = read(event.date());
    order.currency = read(event.currency());
    order.includes_tax = event.prices_include_tax();
    order.basis = event.invoice_basis();
    order.over_delivery = read_or_none(event.over_delivery());
    order.reference = copy(event.reference());
    order.lines = placed_lines(draft_lines(*event.lines(), event.texts()), {});
    order.open = Money::from_minor(0, order.currency);
    const Id quotation = read_or_none(event.quotation());
    state.confirmed_orders.at(id) = {.quotation = quotation, .date = order.date};
    if (!quotation.is_none()) state.quotations.at(quotation).status = QuotationStatus::ordered;
    order_changed(state, id);
}

void apply(Sales& state, const OrderAmended& event) {
    const Id id = read(event.order());
    DAYBOOK_ASSERT(state.orders.contains(id));
    Order& order = state.orders.at(id);
    order.includes_tax = event.prices_include_tax();
    order.lines = placed_lines(draft_lines(*event.lines(), event.texts()), order.lines);
    order_changed(state, id);
}

void apply(Sales& state, const OrderHeld& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(!order.is_held);
    order.is_held = true;
}

void apply(Sales& state, const OrderReleased& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(order.is_held);
    order.is_held = false;
}

void apply(Sales& state, const OrderClosedShort& event) {
    const Id id = read(event.order());
    Order& order = state.orders.at(id);
    DAYBOOK_ASSERT(!order.is_closed_short);
    order.is_closed_short = true;
    order_changed(state, id);
}

// Its quotation is open again: the customer may accept it anew.
void apply(Sales& state, const OrderCancelled& event) {
    const Id id = read(event.order());
    const ConfirmedOrder order = state.confirmed_orders.get(id);
    DAYBOOK_ASSERT(order.invoices == 0);
    DAYBOOK_ASSERT(order.deliveries == 0);
    if (state.orders.contains(id)) order_ended(state, id);
    state.confirmed_orders.erase(id);
    if (order.quotation.is_none()) return;
    state.quotations.at(order.quotation).status = QuotationStatus::sent;
}

}  // namespace daybook::sales
