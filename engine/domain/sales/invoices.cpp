// Invoices: on an order, never more than was ordered or delivered, of a delivery, or with lines of
// their own. An issued invoice has its number for ever; what was wrong is mended by a credit note.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/sales/credit.hpp"
#include "engine/domain/sales/documents.hpp"
#include "engine/domain/sales/numbers.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

DraftLine line_of_order(const OrderLine& placed, std::size_t index, Quantity quantity) {
    DraftLine line = placed.line;
    line.quantity = quantity;
    line.source_line = static_cast<std::uint16_t>(index + 1);
    line.order_line = line.source_line;
    return line;
}

// All that is left of an order, with its words when nothing was invoiced before.
std::vector<DraftLine> lines_left(const Order& order) {
    const bool is_first = std::ranges::all_of(order.lines, [](const OrderLine& placed) {
        return placed.invoiced.is_zero();
    });
    std::vector<DraftLine> lines;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const OrderLine& placed = order.lines[i];
        const bool is_text = placed.line.kind == LineKind::text;
        const Quantity left = left_to_invoice(order, placed);
        if (is_text ? !is_first : left.is_zero()) continue;
        lines.push_back(line_of_order(placed, i, left));
    }
    return lines;
}

// One asked-for line of an order. `left` counts down what the same invoice takes.
Judged<DraftLine> ordered_line(
    const Order& order, const Line& wanted, std::size_t index, std::vector<Quantity>& left
) {
    const Judged<Nothing> checked = check_source_line(wanted, index, order.lines.size());
    if (!checked.ok()) return checked.refused();
    const std::size_t source = wanted.source_line() - 1U;
    const OrderLine& placed = order.lines[source];
    // More than ordered was delivered: it may be invoiced, but is not without being asked for.
    const Quantity due = placed.is_delivered()
                             ? std::min(left_to_invoice(order, placed), left[source])
                             : left[source];
    const Quantity quantity = wanted.quantity() == nullptr ? due : read(wanted.quantity());
    if (placed.line.kind != LineKind::text && quantity.is_zero() && wanted.quantity() != nullptr) {
        return Refused{Refusal::quantity_zero, {line_path(index, "quantity"), "0", "a quantity"}};
    }
    if (!is_within(quantity, left[source]) ||
        (placed.line.kind != LineKind::text && left[source].is_zero())) {
        return Refused{
            Refusal::more_than_ordered,
            {line_path(index, "quantity"),
             to_string(quantity),
             fmt::format(
                 "at most the {} left of {} ordered",
                 to_string(left[source]),
                 to_string(placed.line.quantity)
             )}};
    }
    left[source] -= quantity;
    DraftLine line = line_of_order(placed, source, quantity);
    if (wanted.text() != nullptr) line.text = copy(wanted.text());
    return line;
}

Judged<Draft> with_order_lines(
    const Sales& state, const Order& order, Draft draft, const Lines* lines
) {
    if (lines == nullptr || lines->size() == 0) {
        draft.lines = lines_left(order);
        return draft;
    }
    const Judged<Nothing> checked = check_lines(lines);
    if (!checked.ok()) return checked.refused();
    std::vector<Quantity> left;
    left.reserve(order.lines.size());
    for (const OrderLine& placed : order.lines) {
        left.push_back(may_be_invoiced(order, placed));
    }
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        const Line& wanted = *lines->Get(i);
        Judged<DraftLine> line = wanted.source_line() == 0 ? free_line(state, draft, wanted, i)
                                                           : ordered_line(order, wanted, i, left);
        if (!line.ok()) return line.refused();
        draft.lines.push_back(std::move(line.value()));
    }
    return draft;
}

Judged<Draft> draft_of_order(
    const Sales& state, const IssueInvoice& command, const Context& context
) {
    const Judged<const Order*> found = order_to_invoice(state, read(command.order()));
    if (!found.ok()) return found.refused();
    const Order& order = *found.value();
    if (order.is_held) {
        return Refused{
            Refusal::order_held, {"order", "an order on hold", "one that is not on hold"}};
    }
    Wanted wanted = wanted_of(command);
    if (gives_terms(wanted, order.includes_tax)) return terms_given_twice();
    wanted.party = order.party;
    wanted.currency = order.currency;
    wanted.includes_tax = order.includes_tax;
    Judged<Draft> draft = open_draft(state, wanted, context);
    if (!draft.ok()) return draft;
    const Judged<Nothing> dated = check_not_before(draft.value().date, order.date);
    if (!dated.ok()) return dated.refused();
    return with_order_lines(state, order, std::move(draft.value()), command.lines());
}

// A delivery and, if it is of one, its order.
struct Delivered {
    const Delivery* delivery = nullptr;
    const Order* order = nullptr;
    std::vector<Quantity> left;  // What of each of the delivery's lines may be invoiced.
};

Judged<Delivered> delivery_to_invoice(const Sales& state, Id id) {
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
    if (delivery->order.is_none()) return Delivered{.delivery = delivery};
    const Judged<const Order*> order = order_to_invoice(state, delivery->order);
    if (!order.ok()) return order.refused();
    if (order.value()->is_held) {
        return Refused{
            Refusal::order_held, {"order", "an order on hold", "one that is not on hold"}};
    }
    return Delivered{.delivery = delivery, .order = order.value()};
}

// What of each of the delivery's lines may be invoiced; of one order line, the earlier first.
std::vector<Quantity> left_of_delivery(const Delivered& from) {
    std::vector<Quantity> of_order;
    if (from.order != nullptr) {
        for (const OrderLine& placed : from.order->lines) {
            of_order.push_back(may_be_invoiced(*from.order, placed));
        }
    }
    std::vector<Quantity> left;
    for (const DeliveryPart& part : from.delivery->lines) {
        Quantity quantity = std::max(part.quantity - part.returned - part.invoiced, Quantity{});
        if (from.order != nullptr) {
            Quantity& rest = of_order[part.order_line - 1U];
            quantity = std::min(quantity, rest);
            rest -= quantity;
        }
        left.push_back(quantity);
    }
    return left;
}

// A line of the delivery, at the order's price; without an order, at what `wanted` or the price
// list says.
Judged<DraftLine> delivered_line(
    const Sales& state, const Draft& draft, const Delivered& from, DraftLine wanted
) {
    const DeliveryPart& part = from.delivery->lines[wanted.delivery_line - 1U];
    if (from.order != nullptr) {
        const std::size_t source = part.order_line - 1U;
        DraftLine line = line_of_order(from.order->lines[source], source, wanted.quantity);
        line.delivery_line = wanted.delivery_line;
        if (!wanted.text.empty()) line.text = std::move(wanted.text);
        return line;
    }
    wanted.item = part.item;
    return completed_line(state, draft, std::move(wanted), draft.lines.size());
}

// A line that the command asks for; what it takes is no longer left.
Judged<DraftLine> asked_delivered_line(
    const Sales& state, const Draft& draft, Delivered& from, const Line& wanted
) {
    const std::size_t index = draft.lines.size();
    const bool is_direct = from.order == nullptr;
    if (wanted.source_line() < 1 || wanted.source_line() > from.left.size() || !is_direct) {
        const Judged<Nothing> checked = check_source_line(wanted, index, from.left.size());
        if (!checked.ok()) return checked.refused();
    }
    Quantity& most = from.left[wanted.source_line() - 1U];
    const Quantity quantity = wanted.quantity() == nullptr ? most : read(wanted.quantity());
    if (quantity.milli() <= 0 && wanted.quantity() != nullptr) {
        return Refused{
            Refusal::quantity_not_positive,
            {line_path(index, "quantity"), to_string(quantity), "more than zero"}};
    }
    if (most.is_zero() || quantity > most) {
        return Refused{
            Refusal::more_than_delivered,
            {line_path(index, "quantity"),
             to_string(quantity),
             fmt::format("at most the {} delivered and not invoiced", to_string(most))}};
    }
    most -= quantity;
    return delivered_line(
        state,
        draft,
        from,
        {.tax_code = read_or_none(wanted.tax_code()),
         .posting_group = read_or_none(wanted.posting_group()),
         .quantity = quantity,
         .price = read_or_none(wanted.price()),
         .discount = read_or_none(wanted.discount()),
         .delivery_line = wanted.source_line(),
         .text = copy(wanted.text())}
    );
}

Judged<Draft> with_delivered_lines(
    const Sales& state, Delivered from, Draft draft, const Lines* lines
) {
    from.left = left_of_delivery(from);
    if (lines == nullptr || lines->size() == 0) {
        for (std::size_t i = 0; i < from.left.size(); ++i) {
            if (from.left[i].is_zero()) continue;
            const auto number = static_cast<std::uint16_t>(i + 1);
            Judged<DraftLine> line = delivered_line(
                state, draft, from, {.quantity = from.left[i], .delivery_line = number}
            );
            if (!line.ok()) return line.refused();
            draft.lines.push_back(std::move(line.value()));
        }
        if (!draft.lines.empty()) return draft;
        return Refused{
            Refusal::nothing_to_invoice,
            {"delivery", "all of it is invoiced or came back", "a delivery with something left"}};
    }
    const Judged<Nothing> checked = check_lines(lines);
    if (!checked.ok()) return checked.refused();
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        const Line& wanted = *lines->Get(i);
        Judged<DraftLine> line = wanted.source_line() == 0
                                     ? free_line(state, draft, wanted, i)
                                     : asked_delivered_line(state, draft, from, wanted);
        if (!line.ok()) return line.refused();
        draft.lines.push_back(std::move(line.value()));
    }
    return draft;
}

Judged<Draft> draft_of_delivery(
    const Sales& state, const IssueInvoice& command, const Context& context
) {
    const Judged<Delivered> found = delivery_to_invoice(state, read(command.delivery()));
    if (!found.ok()) return found.refused();
    const Delivered from = found.value();
    Wanted wanted = wanted_of(command);
    const bool is_given_twice = from.order != nullptr
                                    ? gives_terms(wanted, from.order->includes_tax)
                                    : !wanted.party.is_none();
    if (is_given_twice || !read_or_none(command.order()).is_none()) return terms_given_twice();
    wanted.party = from.delivery->party;
    if (from.order != nullptr) {
        wanted.currency = from.order->currency;
        wanted.includes_tax = from.order->includes_tax;
    }
    Judged<Draft> draft = open_draft(state, wanted, context);
    if (!draft.ok()) return draft;
    const Judged<Nothing> dated = check_not_before(draft.value().date, from.delivery->date);
    if (!dated.ok()) return dated.refused();
    return with_delivered_lines(state, from, std::move(draft.value()), command.lines());
}

// The order that is invoiced, by itself or through its delivery; none for others.
Id invoiced_order(const Sales& state, const IssueInvoice& command) {
    const Id delivery = read_or_none(command.delivery());
    if (delivery.is_none()) return read_or_none(command.order());
    return state.deliveries.get(delivery).order;
}

Judged<Draft> asked_draft(const Sales& state, const IssueInvoice& command, const Context& context) {
    if (!read_or_none(command.delivery()).is_none()) {
        return draft_of_delivery(state, command, context);
    }
    if (!read_or_none(command.order()).is_none()) return draft_of_order(state, command, context);
    Judged<Draft> draft = open_draft(state, wanted_of(command), context);
    if (!draft.ok()) return draft;
    return with_lines(state, std::move(draft.value()), command.lines());
}

// What counts anew against the credit limit. Lines of an order were counted when it was confirmed.
Judged<Money> new_credit(const Draft& draft, bool is_on_order) {
    if (!is_on_order) return draft.gross;
    Wide more = 0;
    for (const DraftLine& line : draft.lines) {
        if (line.source_line != 0) continue;
        more += static_cast<Wide>(line.net.minor()) + line.tax.minor();
    }
    if (!fits_64(more)) return Refusal::amount_too_large;
    return Money::from_minor(narrow(more), draft.currency);
}

Judged<Nothing> check_terms(const Sales& state, Id payment_terms) {
    if (payment_terms.is_none() || state.payment_terms.contains(payment_terms)) return Nothing{};
    return Refused{
        Refusal::payment_terms_unknown,
        {"payment_terms", to_string(payment_terms), "payment terms that were defined"}};
}

std::uint16_t place_of(std::vector<Id>& ids, Id id) {
    const auto found = std::ranges::find(ids, id);
    if (found != ids.end()) return static_cast<std::uint16_t>(found - ids.begin());
    ids.push_back(id);
    return static_cast<std::uint16_t>(ids.size() - 1);
}

// The invoice as its credit notes will need it.
Invoice invoice_of(const InvoiceIssued& event) {
    Invoice invoice{
        .party = read(event.party()),
        .order = read_or_none(event.order()),
        .delivery = read_or_none(event.delivery()),
        .date = read(event.date()),
        .currency = read(event.currency()),
        .exchange_rate = read_or_none(event.exchange_rate()),
        .includes_tax = event.prices_include_tax(),
        .country = copy(event.country())};
    std::vector<Id> tax_codes;
    invoice.lines.reserve(event.lines()->size());
    for (const PricedLine* line : *event.lines()) {
        invoice.lines.push_back(
            {.item = read(line->item()),
             .quantity_milli = line->quantity().milli(),
             .price_micro = line->price().micro(),
             .net_minor = line->net().minor(),
             .tax_minor = line->tax().minor(),
             .discount_ppm = static_cast<std::int32_t>(line->discount().ppm()),
             .tax_code_index = place_of(tax_codes, read(line->tax_code())),
             .posting_group_index = place_of(invoice.posting_groups, read(line->posting_group())),
             .order_line = line->order_line(),
             .delivery_line = line->delivery_line(),
             .kind = line->kind(),
             .is_goods = line->is_goods()}
        );
    }
    for (const Id& tax_code : tax_codes) invoice.taxes.push_back({tax_code, Rate{}});
    if (event.taxes() == nullptr) return invoice;
    for (const TaxTotal* total : *event.taxes()) {
        for (InvoiceTax& tax : invoice.taxes) {
            if (tax.tax_code == read(total->tax_code())) tax.rate = read(total->rate());
        }
    }
    return invoice;
}

void take_from_order(Sales& state, Id id, const InvoiceIssued& event) {
    ++state.confirmed_orders.at(id).invoices;
    Order& order = state.orders.at(id);
    for (const PricedLine* line : *event.lines()) {
        if (line->source_line() == 0) continue;
        DAYBOOK_ASSERT(line->source_line() <= order.lines.size());
        OrderLine& placed = order.lines[line->source_line() - 1U];
        const Quantity quantity = read(line->quantity());
        if (!quantity.is_zero()) {
            DAYBOOK_ASSERT(is_within(quantity, may_be_invoiced(order, placed)));
        }
        placed.invoiced += quantity;
    }
    order_changed(state, id);
}

void take_from_delivery(Sales& state, Id id, const InvoiceIssued& event) {
    Delivery& delivery = state.deliveries.at(id);
    for (const PricedLine* line : *event.lines()) {
        if (line->delivery_line() == 0) continue;
        DAYBOOK_ASSERT(line->delivery_line() <= delivery.lines.size());
        DeliveryPart& part = delivery.lines[line->delivery_line() - 1U];
        part.invoiced += read(line->quantity());
        DAYBOOK_ASSERT(part.invoiced + part.returned <= part.quantity);
    }
}

}  // namespace

Decision decide(const Sales& state, const IssueInvoice& command, const Context& context) {
    const Id id = read(command.invoice());
    const Id order = invoiced_order(state, command);
    const Judged<Nothing> is_new = check_new_document(state, "invoice", id);
    if (!is_new.ok()) return is_new.refused();
    Judged<Draft> judged = asked_draft(state, command, context);
    if (judged.ok()) judged = totalled(state, std::move(judged.value()));
    if (!judged.ok()) return judged.refused();
    const Draft& draft = judged.value();
    const Judged<Nothing> positive = check_gross(draft);
    if (!positive.ok()) return positive.refused();
    const CustomerTerms customer = state.customer_terms.get(draft.party);
    const Id given_terms = read_or_none(command.payment_terms());
    const Id payment_terms = given_terms.is_none() ? customer.payment_terms : given_terms;
    const Judged<Nothing> terms = check_terms(state, payment_terms);
    if (!terms.ok()) return terms.refused();
    const Judged<Nothing> country = check_country(text(command.country()));
    if (!country.ok()) return country.refused();
    const Judged<DocumentNumber> number = number_for(
        state,
        {.series = read_or_none(command.series()),
         .otherwise = state.default_series.get().invoices,
         .number = text(command.number()),
         .date = draft.date,
         .today = context.today}
    );
    if (!number.ok()) return number.refused();
    const Judged<Nothing> rate = check_exchange_rate(command.exchange_rate());
    if (!rate.ok()) return rate.refused();
    const Judged<Money> more = new_credit(draft, !order.is_none());
    if (!more.ok()) return more.refused();
    const Judged<Nothing> credit = check_credit(state, draft.party, more.value());
    if (!credit.ok()) return credit.refused();

    InvoiceIssuedT event;
    event.invoice = id;
    event.series = number.value().series;
    event.number = number.value().number;
    event.order = order;
    event.delivery = read_or_none(command.delivery());
    event.party = draft.party;
    event.tax_point = draft.tax_point;
    event.currency = draft.currency;
    event.exchange_rate = read_or_none(command.exchange_rate());
    event.country = command.country() == nullptr ? customer.country : copy(command.country());
    event.reference = copy(command.reference());
    event.payment_terms = payment_terms;
    event.instalments =
        instalments_of(state.payment_terms.get(payment_terms), draft.date, draft.gross);
    put_amounts(event, draft);
    return event;
}

void apply(Sales& state, const InvoiceIssued& event) {
    const Id id = read(event.invoice());
    const Id order = read_or_none(event.order());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    DAYBOOK_ASSERT(read(event.net()) + read(event.tax()) == read(event.gross()));
    state.documents.at(id) = {DocumentKind::invoice, read(event.party())};
    take_number(state, {read(event.series()), copy(event.number())}, read(event.date()));
    const Id delivery = read_or_none(event.delivery());
    if (!order.is_none()) take_from_order(state, order, event);
    if (!delivery.is_none()) take_from_delivery(state, delivery, event);
    add_to_receivables(state, read(event.party()), read(event.gross()));
    state.invoices.at(id) = invoice_of(event);
}

}  // namespace daybook::sales
