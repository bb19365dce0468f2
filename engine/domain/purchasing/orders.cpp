// Orders: placed of a chosen quotation, a request or directly; approved when they are above the
// limit; acknowledged, amended, held, and in the end received, closed short or cancelled.

#include <fmt/format.h>

#include "engine/domain/purchasing/ordering.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

using OrderLines = flatbuffers::Vector<flatbuffers::Offset<OrderLine>>;

std::vector<WantedLine> wanted_lines(const OrderLines* lines) {
    std::vector<WantedLine> wanted;
    if (lines == nullptr) return wanted;
    wanted.reserve(lines->size());
    for (const OrderLine* line : *lines) {
        wanted.push_back(
            {.item = read_or_none(line->item()),
             .quantity = read_or_none(line->quantity()),
             .has_quantity = line->quantity() != nullptr,
             .price = read_or_none(line->price()),
             .discount = read_or_none(line->discount()),
             .tax_code = read_or_none(line->tax_code()),
             .posting_group = read_or_none(line->posting_group()),
             .expected = read_or_none(line->expected()),
             .request = read_or_none(line->request()),
             .request_line = line->request_line(),
             .text = copy(line->text())}
        );
    }
    return wanted;
}

struct ChosenQuotation {
    const Rfq* rfq = nullptr;
    const Quotation* quotation = nullptr;
};
Judged<ChosenQuotation> chosen_quotation(const Purchasing& state, const PlaceOrder& command) {
    const Id id = read(command.rfq());
    if (state.documents.get(id).kind != DocumentKind::rfq) {
        return refuse(
            Refusal::rfq_unknown, "rfq", to_string(id), "a request for quotations that was sent"
        );
    }
    const Rfq* rfq = state.rfqs.find(id);
    if (rfq == nullptr || rfq->chosen.is_none()) {
        return refuse(
            Refusal::quotation_not_chosen,
            "rfq",
            to_string(id),
            "a request of which a quotation was chosen"
        );
    }
    if (rfq->is_ordered) {
        return refuse(
            Refusal::rfq_ordered_already, "rfq", to_string(id), "a request not ordered yet"
        );
    }
    const bool gives_terms = command.supplier() != nullptr || command.currency() != nullptr ||
                             command.lines() != nullptr;
    if (gives_terms) {
        return refuse(
            Refusal::terms_given_twice,
            "rfq",
            "a supplier, currency or lines beside the quotation's",
            "none of them: they are what the quotation says"
        );
    }
    return ChosenQuotation{rfq, state.quotations.find(rfq->chosen)};
}

std::vector<WantedLine> quoted_lines(const ChosenQuotation& chosen, Date date) {
    std::vector<WantedLine> lines;
    for (const OfferLine& offer : chosen.quotation->lines) {
        const RfqLineState& asked = chosen.rfq->lines[offer.rfq_line - 1U];
        lines.push_back(
            {.item = offer.item,
             .quantity = offer.quantity,
             .has_quantity = true,
             .price = offer.price,
             .expected = date.plus_days(offer.lead_days),
             .request = asked.request_line == 0 ? Id{} : chosen.rfq->request,
             .request_line = asked.request_line}
        );
    }
    return lines;
}

Judged<WantedOrder> wanted_order(
    const Purchasing& state, const PlaceOrder& command, const Context& context
) {
    WantedOrder wanted{
        .order = read(command.order()),
        .supplier = read_or_none(command.supplier()),
        .date = date_or_today(command.date(), context),
        .currency = read_or_none(command.currency()),
        .rate = read_or_none(command.exchange_rate()),
        .warehouse = read_or_none(command.warehouse()),
        .buyer = context.actor};
    const Check dated = check_date(wanted.date);
    if (!dated.ok()) return dated.refused();
    if (read_or_none(command.rfq()).is_none()) {
        wanted.lines = wanted_lines(command.lines());
    } else {
        const Judged<ChosenQuotation> chosen = chosen_quotation(state, command);
        if (!chosen.ok()) return chosen.refused();
        const Check later = check_not_before(wanted.date, chosen.value().quotation->date);
        if (!later.ok()) return later.refused();
        wanted.supplier = chosen.value().quotation->supplier;
        wanted.currency = chosen.value().quotation->currency;
        wanted.lines = quoted_lines(chosen.value(), wanted.date);
    }
    const Judged<Id> supplier = supplier_for(state, "supplier", wanted.supplier);
    if (!supplier.ok()) return supplier.refused();
    wanted.supplier = supplier.value();
    if (wanted.currency == Currency::none) {
        wanted.currency = state.supplier_terms.get(wanted.supplier).currency;
    }
    if (wanted.currency == Currency::none) wanted.currency = state.book.get().base;
    if (is_known(wanted.currency)) return wanted;
    return refuse(
        Refusal::currency_unknown,
        "currency",
        std::string{code_of(wanted.currency)},
        "a currency of ISO 4217"
    );
}

// What happens to an open order, and when.
struct Step {
    const Order* order = nullptr;
    Date date;
};
template <class Command>
Judged<Step> step_of(const Purchasing& state, const Command& command, const Context& context) {
    const Judged<const Order*> found = open_order(state, read(command.order()));
    if (!found.ok()) return found.refused();
    const Date date = date_or_today(command.date(), context);
    const Check dated = check_not_before(date, found.value()->date);
    if (!dated.ok()) return dated.refused();
    return Step{found.value(), date};
}

// An approval or its refusal: of an order that waits for one.
template <class Command>
Judged<Step> step_to_approve(
    const Purchasing& state, const Command& command, const Context& context
) {
    Judged<Step> step = step_of(state, command, context);
    if (!step.ok() || step.value().order->needs_approval) return step;
    return refuse(
        Refusal::order_approved_already,
        "order",
        to_string(read(command.order())),
        "an order that waits to be approved"
    );
}

bool has_history(const OrderLineState& line) {
    return !line.receipts.empty() || !line.billed.is_zero() || !line.transit.quantity.is_zero();
}

// Lines that were received or billed in part keep their item and at least that quantity.
Check check_amended(const Order& order, const WorkedOrder& worked) {
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const OrderLineState& before = order.lines[i];
        if (!has_history(before)) continue;
        const OrderedLine* after = i < worked.lines.size() ? &worked.lines[i] : nullptr;
        if (after == nullptr || read(after->item()) != before.item) {
            return refuse(
                Refusal::order_line_removed,
                line_path(i, "item"),
                after == nullptr ? "no line" : to_string(read(after->item())),
                fmt::format("{}, of which some was received or billed", to_string(before.item))
            );
        }
        const Quantity least = std::max(before.accepted, before.billed) + before.forgone;
        if (read(after->quantity()) >= least) continue;
        return refuse(
            Refusal::less_than_received,
            line_path(i, "quantity"),
            to_string(read(after->quantity())),
            fmt::format("at least the {} received, billed or sent back", to_string(least))
        );
    }
    return Nothing{};
}

OrderLineState placed_line(const OrderedLine& line) {
    OrderLineState placed;
    placed.item = read(line.item());
    placed.tax_code = read(line.tax_code());
    placed.posting_group = read(line.posting_group());
    placed.warehouse = read(line.warehouse());
    placed.request = read(line.request());
    placed.request_line = line.request_line();
    placed.kind = line.kind();
    placed.quantity = read(line.quantity());
    placed.price = read(line.price());
    placed.discount = read(line.discount());
    placed.net = read(line.net());
    placed.expected = read(line.expected());
    return placed;
}

OrderLineState amended_line(OrderLineState before, const OrderedLine& line) {
    OrderLineState after = placed_line(line);
    after.forgone = before.forgone;
    after.accepted = before.accepted;
    after.billed = before.billed;
    after.value_carry = before.value_carry;
    after.net_carry = before.net_carry;
    after.transit = before.transit;
    after.credit_expected = before.credit_expected;
    after.receipts = std::move(before.receipts);
    return after;
}

// The lines of an amendment, each with the request of the line whose place it takes.
std::vector<WantedLine> amending_lines(const Order& order, const OrderLines* lines) {
    std::vector<WantedLine> wanted = wanted_lines(lines);
    for (std::size_t i = 0; i < wanted.size() && i < order.lines.size(); ++i) {
        const OrderLineState& before = order.lines[i];
        if (wanted[i].item.is_none()) wanted[i].item = before.item;
        if (wanted[i].item != before.item) continue;
        if (wanted[i].request.is_none()) {
            wanted[i].request = before.request;
            wanted[i].request_line = before.request_line;
        }
        if (!wanted[i].has_quantity) wanted[i].quantity = before.quantity;
        wanted[i].has_quantity = true;
        if (wanted[i].price.currency() == Currency::none) wanted[i].price = before.price;
        if (wanted[i].expected.is_none()) wanted[i].expected = before.expected;
        if (wanted[i].tax_code.is_none()) wanted[i].tax_code = before.tax_code;
        if (wanted[i].posting_group.is_none()) wanted[i].posting_group = before.posting_group;
        wanted[i].warehouse = before.warehouse;
    }
    return wanted;
}

}  // namespace

Decision decide(const Purchasing& state, const PlaceOrder& command, const Context& context) {
    const Id id = read(command.order());
    const Check book = check_book(state);
    if (!book.ok()) return book.refused();
    const Check is_new = check_new(state, "order", id);
    if (!is_new.ok()) return is_new.refused();
    const Judged<WantedOrder> wanted = wanted_order(state, command, context);
    if (!wanted.ok()) return wanted.refused();
    Judged<OrderPlacedT> event = placed_order(state, wanted.value());
    if (!event.ok()) return event.refused();
    event.value().reference = copy(command.reference());
    if (command.bill_control() != BillControl::on_receipt) {
        event.value().bill_control = command.bill_control();
    }
    event.value().rfq = read_or_none(command.rfq());
    if (!event.value().rfq.is_none()) {
        event.value().quotation = state.rfqs.get(event.value().rfq).chosen;
    }
    return std::move(event.value());
}

Decision decide(const Purchasing& state, const ApproveOrder& command, const Context& context) {
    const Judged<Step> step = step_to_approve(state, command, context);
    if (!step.ok()) return step.refused();
    const Order& order = *step.value().order;
    const Check approver = check_approver(state, context.actor, order.askers, order.base);
    if (!approver.ok()) return approver.refused();

    OrderApprovedT event;
    event.order = read(command.order());
    event.approver = context.actor;
    event.date = step.value().date;
    event.base = order.base;
    return event;
}

Decision decide(const Purchasing& state, const RejectOrder& command, const Context& context) {
    const Judged<Step> step = step_to_approve(state, command, context);
    if (!step.ok()) return step.refused();
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();
    for (const OrderLineState& line : step.value().order->lines) {
        if (!has_history(line)) continue;
        return refuse(
            Refusal::order_received,
            "order",
            fmt::format("some {} was received or billed", to_string(line.item)),
            "an order of which nothing came; amend this one"
        );
    }

    OrderRejectedT event;
    event.order = read(command.order());
    event.approver = context.actor;
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Purchasing& state, const AcknowledgeOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Order& order = *step.value().order;
    if (order.needs_approval) {
        return refuse(
            Refusal::order_not_approved,
            "order",
            to_string(read(command.order())),
            "an order that is approved"
        );
    }
    OrderAcknowledgedT event;
    event.order = read(command.order());
    event.date = step.value().date;
    event.reference = copy(command.reference());
    const Date all = read_or_none(command.expected());
    if (command.lines() != nullptr) {
        for (flatbuffers::uoffset_t i = 0; i < command.lines()->size(); ++i) {
            const PromisedLine& line = *command.lines()->Get(i);
            if (line.order_line() < 1 || line.order_line() > order.lines.size()) {
                return refuse(
                    Refusal::order_line_unknown,
                    line_path(i, "order_line"),
                    fmt::format("line {}", line.order_line()),
                    fmt::format("a line from 1 to {}", order.lines.size())
                );
            }
            event.lines.push_back(line);
        }
    } else {
        for (std::size_t i = 0; i < order.lines.size(); ++i) {
            const Date day = all.is_none() ? order.lines[i].expected : all;
            event.lines.emplace_back(wired(day), static_cast<std::uint16_t>(i + 1));
        }
    }
    return event;
}

Decision decide(const Purchasing& state, const AmendOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Order& order = *step.value().order;
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();
    const WantedOrder wanted{
        .order = read(command.order()),
        .supplier = order.supplier,
        .date = step.value().date,
        .currency = order.currency,
        .rate = read_or_none(command.exchange_rate()),
        .warehouse = order.lines.front().warehouse,
        .buyer = context.actor,
        .before = &order,
        .lines = amending_lines(order, command.lines())};
    Judged<WorkedOrder> worked = work_out(state, wanted);
    if (!worked.ok()) return worked.refused();
    const Check amended = check_amended(order, worked.value());
    if (!amended.ok()) return amended.refused();
    const bool is_free = !is_less(state.policy.get().order_free_up_to, worked.value().base);
    const bool is_covered = !is_less(order.approved, worked.value().base);

    OrderAmendedT event;
    event.order = wanted.order;
    event.buyer = context.actor;
    event.date = wanted.date;
    event.version = static_cast<std::uint16_t>(order.version + 1);
    event.needs_approval = !is_free && !is_covered;
    event.reason = copy(command.reason());
    event.lines = std::move(worked.value().lines);
    event.texts = std::move(worked.value().texts);
    event.net = worked.value().net;
    event.base = worked.value().base;
    event.rounding_micro = worked.value().rounding_micro;
    return event;
}

Decision decide(const Purchasing& state, const HoldOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    if (step.value().order->is_held) {
        return refuse(Refusal::order_held, "order", "an order on hold", "one that is not on hold");
    }
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();

    OrderHeldT event;
    event.order = read(command.order());
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Purchasing& state, const ReleaseOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    if (!step.value().order->is_held) {
        return refuse(Refusal::order_not_held, "order", "an order not on hold", "one on hold");
    }

    OrderReleasedT event;
    event.order = read(command.order());
    event.date = step.value().date;
    return event;
}

Decision decide(const Purchasing& state, const CloseOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();

    OrderClosedShortT event;
    event.order = read(command.order());
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Purchasing& state, const CancelOrder& command, const Context& context) {
    const Judged<Step> step = step_of(state, command, context);
    if (!step.ok()) return step.refused();
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();
    for (const OrderLineState& line : step.value().order->lines) {
        if (!has_history(line)) continue;
        return refuse(
            Refusal::order_received,
            "order",
            fmt::format("some {} was received or billed", to_string(line.item)),
            "an order of which nothing came; close this one short"
        );
    }

    OrderCancelledT event;
    event.order = read(command.order());
    event.date = step.value().date;
    event.reason = copy(command.reason());
    return event;
}

void apply(Purchasing& state, const OrderPlaced& event) {
    const Id id = read(event.order());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::order};
    Order& order = state.orders.at(id);
    order.supplier = read(event.supplier());
    add_asker(order.askers, read(event.buyer()));
    order.date = read(event.date());
    order.currency = read(event.currency());
    order.bill_control = event.bill_control();
    order.policy = {
        .over_delivery = read(event.over_delivery()),
        .under_delivery = read(event.under_delivery()),
        .bill_quantity = read(event.bill_quantity()),
        .bill_price = read(event.bill_price()),
        .bill_price_max = read(event.bill_price_max())};
    order.needs_approval = event.needs_approval();
    order.base = read(event.base());
    order.approved =
        event.needs_approval() ? Money::from_minor(0, order.base.currency()) : order.base;
    for (const OrderedLine* line : *event.lines()) order.lines.push_back(placed_line(*line));
    for (const OrderLineState& line : order.lines) {
        if (line.request.is_none()) continue;
        for (const Id& asker : state.requests.get(line.request).askers) {
            add_asker(order.askers, asker);
        }
    }
    count_on_order(state, order, 1);
    use_requests(state, order, 1);
    order.rfq = read_or_none(event.rfq());
    if (!order.rfq.is_none()) state.rfqs.at(order.rfq).is_ordered = true;
}

void apply(Purchasing& state, const OrderApproved& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(order.needs_approval);
    order.needs_approval = false;
    order.approved = read(event.base());
    order.askers.clear();
}

// An order that ends before anything came of it: its requests and its quotation are free again.
static void forget(Purchasing& state, Id id) {
    const Order order = state.orders.get(id);
    count_on_order(state, order, -1);
    use_requests(state, order, -1);
    if (!order.rfq.is_none()) state.rfqs.at(order.rfq).is_ordered = false;
    state.orders.erase(id);
}

void apply(Purchasing& state, const OrderRejected& event) {
    DAYBOOK_ASSERT(state.orders.get(read(event.order())).needs_approval);
    forget(state, read(event.order()));
}

void apply(Purchasing& state, const OrderAcknowledged& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(!order.needs_approval);
    for (const PromisedLine* line : *event.lines()) {
        order.lines[line->order_line() - 1U].expected = read(line->expected());
    }
}

void apply(Purchasing& state, const OrderAmended& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(event.version() == order.version + 1);
    count_on_order(state, order, -1);
    use_requests(state, order, -1);
    std::vector<OrderLineState> before = std::move(order.lines);
    order.lines.clear();
    for (const OrderedLine* line : *event.lines()) {
        const std::size_t index = order.lines.size();
        OrderLineState old = index < before.size() ? std::move(before[index]) : OrderLineState{};
        order.lines.push_back(amended_line(std::move(old), *line));
    }
    order.version = event.version();
    order.base = read(event.base());
    order.needs_approval = event.needs_approval();
    add_asker(order.askers, read(event.buyer()));
    if (!order.needs_approval && is_less(order.approved, order.base)) order.approved = order.base;
    count_on_order(state, order, 1);
    use_requests(state, order, 1);
}

void apply(Purchasing& state, const OrderHeld& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(!order.is_held);
    order.is_held = true;
}

void apply(Purchasing& state, const OrderReleased& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(order.is_held);
    order.is_held = false;
}

void apply(Purchasing& state, const OrderClosedShort& event) {
    Order& order = state.orders.at(read(event.order()));
    DAYBOOK_ASSERT(!order.is_closed);
    count_on_order(state, order, -1);
    order.is_closed = true;
}

void apply(Purchasing& state, const OrderCancelled& event) {
    DAYBOOK_ASSERT(state.orders.contains(read(event.order())));
    forget(state, read(event.order()));
}

}  // namespace daybook::purchasing
