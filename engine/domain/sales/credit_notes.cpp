// Credit notes: of an invoice, never more than is not yet credited, also for goods that came back,
// or free-standing. Crediting the last of a line gives back exactly what is left of its net and
// tax, so that both end at zero.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/sales/credit.hpp"
#include "engine/domain/sales/documents.hpp"
#include "engine/domain/sales/numbers.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

// What of `amount` belongs to the first `part` of a whole quantity.
std::int64_t share(std::int64_t amount, Quantity part, std::int64_t whole_milli) {
    DAYBOOK_ASSERT(whole_milli != 0);
    const Wide sign = whole_milli < 0 ? -1 : 1;
    return narrow(divide(
        static_cast<Wide>(amount) * part.milli() * sign,
        static_cast<Wide>(whole_milli) * sign,
        Rounding::half_up
    ));
}

std::vector<CreditedLine> credited_of(const Invoice& invoice) {
    return invoice.credited.empty() ? std::vector<CreditedLine>(invoice.lines.size())
                                    : invoice.credited;
}

Quantity left_of(const InvoicedLine& line, const CreditedLine& credited) {
    return Quantity::from_milli(line.quantity_milli) - credited.quantity;
}

// The next `quantity` of an invoice's line; notes it in `credited`.
DraftLine next_credit(
    const Invoice& invoice, std::size_t index, Quantity quantity, CreditedLine& credited
) {
    const InvoicedLine& source = invoice.lines[index];
    const Quantity after = credited.quantity + quantity;
    const std::int64_t net = share(source.net_minor, after, source.quantity_milli);
    const std::int64_t tax = share(source.tax_minor, after, source.quantity_milli);
    const DraftLine line{
        .kind = source.kind,
        .item = source.item,
        .tax_code = invoice.taxes[source.tax_code_index].tax_code,
        .posting_group = invoice.posting_groups[source.posting_group_index],
        .quantity = quantity,
        .price = UnitPrice::from_micro(source.price_micro, invoice.currency),
        .discount = Rate::from_ppm(source.discount_ppm),
        .net = Money::from_minor(net - credited.net_minor, invoice.currency),
        .tax = Money::from_minor(tax - credited.tax_minor, invoice.currency),
        .source_line = static_cast<std::uint16_t>(index + 1),
        .order_line = source.order_line,
        .delivery_line = source.delivery_line,
        .is_goods = source.is_goods};
    credited = {after, net, tax};
    return line;
}

std::vector<DraftLine> all_left(const Invoice& invoice, std::vector<CreditedLine> credited) {
    std::vector<DraftLine> lines;
    for (std::size_t i = 0; i < invoice.lines.size(); ++i) {
        const Quantity left = left_of(invoice.lines[i], credited[i]);
        if (!left.is_zero()) lines.push_back(next_credit(invoice, i, left, credited[i]));
    }
    return lines;
}

Judged<DraftLine> credited_line(
    const Invoice& invoice,
    const Line& wanted,
    std::size_t index,
    std::vector<CreditedLine>& credited
) {
    const Judged<Nothing> checked = check_source_line(wanted, index, invoice.lines.size());
    if (!checked.ok()) return checked.refused();
    const std::size_t source = wanted.source_line() - 1U;
    const Quantity left = left_of(invoice.lines[source], credited[source]);
    const Quantity quantity = wanted.quantity() == nullptr ? left : read(wanted.quantity());
    if (quantity.is_zero() && wanted.quantity() != nullptr) {
        return Refused{Refusal::quantity_zero, {line_path(index, "quantity"), "0", "a quantity"}};
    }
    if (left.is_zero() || !is_within(quantity, left)) {
        return Refused{
            Refusal::more_than_invoiced,
            {line_path(index, "quantity"),
             to_string(quantity),
             fmt::format(
                 "at most the {} not yet credited of {}",
                 to_string(left),
                 to_string(Quantity::from_milli(invoice.lines[source].quantity_milli))
             )}};
    }
    DraftLine line = next_credit(invoice, source, quantity, credited[source]);
    line.text = copy(wanted.text());
    return line;
}

Judged<std::vector<DraftLine>> lines_of_invoice(const Invoice& invoice, const Lines* lines) {
    std::vector<CreditedLine> credited = credited_of(invoice);
    if (lines == nullptr || lines->size() == 0) return all_left(invoice, std::move(credited));
    const Judged<Nothing> checked = check_lines(lines);
    if (!checked.ok()) return checked.refused();
    std::vector<DraftLine> drafts;
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        Judged<DraftLine> line = credited_line(invoice, *lines->Get(i), i, credited);
        if (!line.ok()) return line.refused();
        drafts.push_back(std::move(line.value()));
    }
    return drafts;
}

// Whether the invoice's line is one of what came back: of the same order or of the same delivery.
bool is_of(const Invoice& invoice, const InvoicedLine& line, const Return& taken, ReturnPart part) {
    if (!taken.order.is_none()) {
        return invoice.order == taken.order && line.order_line == part.order_line;
    }
    return invoice.delivery == taken.delivery && line.delivery_line == part.delivery_line;
}

struct Credited {
    std::size_t invoice_line = 0;
    Quantity quantity;
};
// How the goods that came back are spread over the lines that invoiced them.
std::vector<Credited> credited_for(const Invoice& invoice, const Return& taken) {
    std::vector<CreditedLine> credited = credited_of(invoice);
    std::vector<Credited> lines;
    for (const ReturnPart& part : taken.lines) {
        Quantity left = part.quantity - part.credited;
        for (std::size_t i = 0; i < invoice.lines.size() && !left.is_zero(); ++i) {
            if (!is_of(invoice, invoice.lines[i], taken, part)) continue;
            const Quantity quantity = std::min(left, left_of(invoice.lines[i], credited[i]));
            if (quantity.milli() <= 0) continue;
            credited[i].quantity += quantity;
            left -= quantity;
            lines.push_back({i, quantity});
        }
    }
    return lines;
}

// What came back and is not credited yet, as far as this invoice has it.
Judged<std::vector<DraftLine>> lines_of_return(
    const Sales& state, const Invoice& invoice, const IssueCreditNote& command
) {
    const Id id = read(command.goods_return());
    if (command.lines() != nullptr && command.lines()->size() > 0) {
        return Refused{
            Refusal::terms_given_twice,
            {"lines", "lines beside a return", "no lines: the return says what came back"}};
    }
    if (state.documents.get(id).kind != DocumentKind::goods_return) {
        return Refused{
            Refusal::goods_return_unknown,
            {"goods_return", to_string(id), "a return that was accepted"}};
    }
    const Return* taken = state.returns.find(id);
    if (taken == nullptr) {
        return Refused{
            Refusal::nothing_to_credit,
            {"goods_return", "credited or to be replaced", "a return not yet credited in full"}};
    }
    const bool is_same = taken->order.is_none() ? taken->delivery == invoice.delivery
                                                : taken->order == invoice.order;
    if (!is_same) {
        return Refused{
            Refusal::goods_return_of_other_invoice,
            {"goods_return",
             fmt::format("{}, which came back of {}", to_string(id), to_string(taken->delivery)),
             "a return of what the invoice is for"}};
    }
    std::vector<CreditedLine> credited = credited_of(invoice);
    std::vector<DraftLine> lines;
    for (const Credited& part : credited_for(invoice, *taken)) {
        const std::size_t line = part.invoice_line;
        lines.push_back(next_credit(invoice, line, part.quantity, credited[line]));
    }
    if (!lines.empty()) return lines;
    return Refused{
        Refusal::nothing_to_credit,
        {"goods_return", "nothing that this invoice has", "goods that were invoiced"}};
}

Judged<const Invoice*> live_invoice(const Sales& state, Id id) {
    if (state.documents.get(id).kind != DocumentKind::invoice) {
        return Refused{
            Refusal::invoice_unknown, {"invoice", to_string(id), "an invoice that was issued"}};
    }
    const Invoice* invoice = state.invoices.find(id);
    if (invoice == nullptr) {
        return Refused{
            Refusal::more_than_invoiced,
            {"invoice", "nothing left to credit", "an invoice not yet credited in full"}};
    }
    return invoice;
}

Judged<Draft> draft_of_invoice(
    const Sales& state, const IssueCreditNote& command, const Context& context
) {
    const Judged<const Invoice*> found = live_invoice(state, read(command.invoice()));
    if (!found.ok()) return found.refused();
    const Invoice& invoice = *found.value();
    Wanted wanted = wanted_of(command);
    if (gives_terms(wanted, invoice.includes_tax)) return terms_given_twice();
    wanted.party = invoice.party;
    wanted.currency = invoice.currency;
    wanted.includes_tax = invoice.includes_tax;
    Judged<Draft> draft = open_draft(state, wanted, context);
    if (!draft.ok()) return draft;
    const Judged<Nothing> dated = check_not_before(draft.value().date, invoice.date);
    if (!dated.ok()) return dated.refused();
    Judged<std::vector<DraftLine>> lines = read_or_none(command.goods_return()).is_none()
                                               ? lines_of_invoice(invoice, command.lines())
                                               : lines_of_return(state, invoice, command);
    if (!lines.ok()) return lines.refused();
    draft.value().lines = std::move(lines.value());
    for (const InvoiceTax& tax : invoice.taxes) {
        const bool is_used = std::ranges::any_of(draft.value().lines, [&](const DraftLine& line) {
            return line.kind != LineKind::text && line.tax_code == tax.tax_code;
        });
        if (is_used && !tax.tax_code.is_none()) {
            draft.value().taxes.push_back({.tax_code = tax.tax_code, .rate = tax.rate});
        }
    }
    return summed(std::move(draft.value()));
}

Judged<Draft> free_standing(
    const Sales& state, const IssueCreditNote& command, const Context& context
) {
    Judged<Draft> draft = open_draft(state, wanted_of(command), context);
    if (draft.ok()) draft = with_lines(state, std::move(draft.value()), command.lines());
    if (draft.ok()) draft = totalled(state, std::move(draft.value()));
    return draft;
}

// What the invoice knows and a free-standing credit note must ask the customer's terms for.
struct Inherited {
    Id order;
    Id delivery;
    ExchangeRate exchange_rate;
    std::string country;
};
Inherited inherited(const Sales& state, const IssueCreditNote& command, Id party) {
    const Invoice* invoice = state.invoices.find(read_or_none(command.invoice()));
    Inherited found;
    if (invoice != nullptr) {
        found.order = invoice->order;
        found.delivery = invoice->delivery;
    }
    found.exchange_rate = read_or_none(command.exchange_rate());
    if (found.exchange_rate.micro() == 0 && invoice != nullptr) {
        found.exchange_rate = invoice->exchange_rate;
    }
    found.country = command.country() != nullptr ? copy(command.country())
                    : invoice != nullptr         ? invoice->country
                                                 : state.customer_terms.get(party).country;
    return found;
}

bool is_credited_in_full(const Invoice& invoice) {
    for (std::size_t i = 0; i < invoice.lines.size(); ++i) {
        if (!left_of(invoice.lines[i], invoice.credited[i]).is_zero()) return false;
    }
    return true;
}

void take_from_invoice(Sales& state, Id id, const CreditNoteIssued& event) {
    Invoice& invoice = state.invoices.at(id);
    invoice.credited = credited_of(invoice);
    for (const PricedLine* line : *event.lines()) {
        DAYBOOK_ASSERT(line->source_line() >= 1);
        DAYBOOK_ASSERT(line->source_line() <= invoice.lines.size());
        const std::size_t source = line->source_line() - 1U;
        CreditedLine& credited = invoice.credited[source];
        credited.quantity += read(line->quantity());
        credited.net_minor += line->net().minor();
        credited.tax_minor += line->tax().minor();
        DAYBOOK_ASSERT(
            is_within(credited.quantity, Quantity::from_milli(invoice.lines[source].quantity_milli))
        );
    }
    if (!is_credited_in_full(invoice)) return;
    if (!invoice.order.is_none()) --state.confirmed_orders.at(invoice.order).invoices;
    state.invoices.erase(id);
}

void take_from_return(Sales& state, Id id, const CreditNoteIssued& event) {
    Return& taken = state.returns.at(id);
    for (const PricedLine* line : *event.lines()) {
        Quantity left = read(line->quantity());
        for (ReturnPart& part : taken.lines) {
            const bool is_same = taken.order.is_none() ? line->delivery_line() == part.delivery_line
                                                       : line->order_line() == part.order_line;
            if (!is_same) continue;
            const Quantity credited = std::min(left, part.quantity - part.credited);
            part.credited += credited;
            left -= credited;
        }
        DAYBOOK_ASSERT(left.is_zero());
    }
    const bool is_credited = std::ranges::all_of(taken.lines, [](const ReturnPart& part) {
        return part.credited == part.quantity;
    });
    if (is_credited) state.returns.erase(id);
}

}  // namespace

Decision decide(const Sales& state, const IssueCreditNote& command, const Context& context) {
    const Id id = read(command.credit_note());
    const Id invoice = read_or_none(command.invoice());
    const Judged<Nothing> is_new = check_new_document(state, "credit_note", id);
    if (!is_new.ok()) return is_new.refused();
    if (invoice.is_none() && !read_or_none(command.goods_return()).is_none()) {
        return Refused{
            Refusal::invoice_unknown,
            {"invoice", "none beside a return", "the invoice that the credit note corrects"}};
    }
    const Judged<Draft> judged = invoice.is_none() ? free_standing(state, command, context)
                                                   : draft_of_invoice(state, command, context);
    if (!judged.ok()) return judged.refused();
    const Draft& draft = judged.value();
    const Judged<Nothing> positive = check_gross(draft);
    if (!positive.ok()) return positive.refused();
    const Judged<Nothing> country = check_country(text(command.country()));
    if (!country.ok()) return country.refused();
    const Judged<DocumentNumber> number = number_for(
        state,
        {.series = read_or_none(command.series()),
         .otherwise = state.default_series.get().credit_notes,
         .number = text(command.number()),
         .date = draft.date,
         .today = context.today}
    );
    if (!number.ok()) return number.refused();
    const Judged<Nothing> rate = check_exchange_rate(command.exchange_rate());
    if (!rate.ok()) return rate.refused();
    const Judged<Nothing> credit = check_credit(state, draft.party, -draft.gross);
    if (!credit.ok()) return credit.refused();

    const Inherited from = inherited(state, command, draft.party);
    CreditNoteIssuedT event;
    event.credit_note = id;
    event.series = number.value().series;
    event.number = number.value().number;
    event.invoice = invoice;
    event.order = from.order;
    event.delivery = from.delivery;
    event.goods_return = read_or_none(command.goods_return());
    event.party = draft.party;
    event.tax_point = draft.tax_point;
    event.currency = draft.currency;
    event.exchange_rate = from.exchange_rate;
    event.country = from.country;
    event.reference = copy(command.reference());
    event.reason = copy(command.reason());
    put_amounts(event, draft);
    return event;
}

void apply(Sales& state, const CreditNoteIssued& event) {
    const Id id = read(event.credit_note());
    const Id invoice = read_or_none(event.invoice());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    DAYBOOK_ASSERT(read(event.net()) + read(event.tax()) == read(event.gross()));
    state.documents.at(id) = {DocumentKind::credit_note, read(event.party())};
    take_number(state, {read(event.series()), copy(event.number())}, read(event.date()));
    if (!invoice.is_none()) take_from_invoice(state, invoice, event);
    const Id goods_return = read_or_none(event.goods_return());
    if (!goods_return.is_none()) take_from_return(state, goods_return, event);
    add_to_receivables(state, read(event.party()), -read(event.gross()));
}

}  // namespace daybook::sales
