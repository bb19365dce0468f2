// Requests for quotations, what suppliers answer, and which answer was chosen and why.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/purchasing/common.hpp"
#include "engine/domain/purchasing/portions.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

using Suppliers = flatbuffers::Vector<const wire::Id*>;

Judged<std::vector<Id>> asked_suppliers(const Purchasing& state, const Suppliers* suppliers) {
    const std::size_t count = suppliers == nullptr ? 0 : suppliers->size();
    if (count == 0 || count > suppliers_max) {
        return refuse(
            Refusal::suppliers_missing,
            "suppliers",
            fmt::format("{}", count),
            fmt::format("from 1 to {}", suppliers_max)
        );
    }
    std::vector<Id> asked;
    for (const wire::Id* given : *suppliers) {
        const Judged<Id> supplier = supplier_for(state, "suppliers", read(given));
        if (!supplier.ok()) return supplier.refused();
        if (std::ranges::find(asked, supplier.value()) != asked.end()) {
            return refuse(
                Refusal::supplier_named_twice,
                "suppliers",
                to_string(supplier.value()),
                "each supplier once"
            );
        }
        asked.push_back(supplier.value());
    }
    return asked;
}

Judged<const PurchaseRequest*> approved_request(const Purchasing& state, Id id) {
    const PurchaseRequest* request = state.requests.find(id);
    if (request == nullptr) {
        return refuse(
            Refusal::request_unknown,
            "request",
            to_string(id),
            "a request that was drafted and not rejected"
        );
    }
    if (request->status == RequestStatus::approved) return request;
    return refuse(
        Refusal::request_not_approved, "request", to_string(id), "a request that is approved"
    );
}

// The item and quantity of one line: its own, or those of a line of the request.
Judged<RfqLine> asked_line(
    const Purchasing& state,
    const PurchaseRequest* request,
    const AskedLine& line,
    std::size_t index
) {
    Id item = read_or_none(line.item());
    Quantity quantity = read_or_none(line.quantity());
    if (line.request_line() > 0 || request != nullptr) {
        if (request == nullptr || line.request_line() < 1 ||
            line.request_line() > request->lines.size()) {
            return refuse(
                Refusal::request_line_unknown,
                line_path(index, "request_line"),
                fmt::format("line {}", line.request_line()),
                request == nullptr ? "a request, whose line it is"
                                   : fmt::format("a line from 1 to {}", request->lines.size())
            );
        }
        const RequestLineState& asked = request->lines[line.request_line() - 1U];
        item = asked.item;
        if (line.quantity() == nullptr) quantity = asked.quantity - asked.ordered;
    }
    const Judged<Item> known = item_for(state, line_path(index, "item"), item);
    if (!known.ok()) return known.refused();
    if (quantity <= Quantity{} || quantity.milli() > quantity_milli_max) {
        return refuse(
            Refusal::quantity_not_positive,
            line_path(index, "quantity"),
            to_string(quantity),
            "more than zero"
        );
    }
    return RfqLine{wired(item), wired(quantity), line.request_line()};
}

Judged<std::vector<RfqLine>> asked_lines(
    const Purchasing& state, const PurchaseRequest* request, const RequestQuotations& command
) {
    std::vector<RfqLine> lines;
    const std::size_t given = command.lines() == nullptr ? 0 : command.lines()->size();
    if (given == 0 && request != nullptr) {
        for (std::size_t i = 0; i < request->lines.size(); ++i) {
            const RequestLineState& line = request->lines[i];
            if (line.ordered >= line.quantity) continue;
            lines.emplace_back(
                wired(line.item),
                wired(line.quantity - line.ordered),
                static_cast<std::uint16_t>(i + 1)
            );
        }
        const Check counted = check_line_count(lines.size());
        if (!counted.ok()) return counted.refused();
        return lines;
    }
    const Check counted = check_line_count(given);
    if (!counted.ok()) return counted.refused();
    for (flatbuffers::uoffset_t i = 0; i < given; ++i) {
        const Judged<RfqLine> line = asked_line(state, request, *command.lines()->Get(i), i);
        if (!line.ok()) return line.refused();
        lines.push_back(line.value());
    }
    return lines;
}

Judged<const Rfq*> open_rfq(const Purchasing& state, Id id, Date date) {
    if (state.documents.get(id).kind != DocumentKind::rfq) {
        return refuse(
            Refusal::rfq_unknown, "rfq", to_string(id), "a request for quotations that was sent"
        );
    }
    const Rfq* rfq = state.rfqs.find(id);
    if (rfq == nullptr || !rfq->chosen.is_none()) {
        return refuse(
            Refusal::rfq_closed,
            "rfq",
            fmt::format("{}, which is decided or cancelled", to_string(id)),
            "an open request for quotations"
        );
    }
    const Check dated = check_not_before(date, rfq->date);
    if (!dated.ok()) return dated.refused();
    return rfq;
}

Check check_answering(const Rfq& rfq, Id supplier) {
    const auto asked = std::ranges::find(rfq.suppliers, supplier, &AskedSupplier::supplier);
    if (asked == rfq.suppliers.end()) {
        return refuse(
            Refusal::supplier_not_asked,
            "supplier",
            to_string(supplier),
            "a supplier that was asked to quote"
        );
    }
    if (!asked->has_answered) return Nothing{};
    return refuse(
        Refusal::supplier_answered_already,
        "supplier",
        to_string(supplier),
        "a supplier that has not answered"
    );
}

struct Offer {
    std::vector<OfferedLine> lines;
    Money net;
    Money base;
};
struct Quoting {
    const Rfq& rfq;
    Currency currency = Currency::none;
    ExchangeRate rate;
};

Judged<OfferedLine> offered_line(
    const Purchasing& state, const Quoting& quoting, const QuotedLine& line, std::size_t index
) {
    const UnitPrice price = read(line.price());
    if (line.rfq_line() < 1 || line.rfq_line() > quoting.rfq.lines.size()) {
        return refuse(
            Refusal::request_line_unknown,
            line_path(index, "rfq_line"),
            fmt::format("line {}", line.rfq_line()),
            fmt::format("a line from 1 to {}", quoting.rfq.lines.size())
        );
    }
    if (price.currency() != quoting.currency) {
        return refuse(
            Refusal::price_currency_differs,
            line_path(index, "price"),
            to_string(price),
            fmt::format("a price in {}", code_of(quoting.currency))
        );
    }
    if (price.is_negative()) {
        return refuse(
            Refusal::price_negative, line_path(index, "price"), to_string(price), "zero or more"
        );
    }
    const RfqLineState& asked = quoting.rfq.lines[line.rfq_line() - 1U];
    const Quantity quantity = line.quantity() == nullptr ? asked.quantity : read(line.quantity());
    if (quantity <= Quantity{} || quantity.milli() > quantity_milli_max) {
        return refuse(
            Refusal::quantity_not_positive,
            line_path(index, "quantity"),
            to_string(quantity),
            "more than zero"
        );
    }
    const ExchangeRate one = ExchangeRate::from_micro(1'000'000);
    const auto net = worth_of(
        {.price = price, .quantity = quantity, .rate = one, .currency = quoting.currency}, 0
    );
    const auto base = worth_of(
        {.price = price,
         .quantity = quantity,
         .rate = quoting.rate,
         .currency = state.book.get().base},
        0
    );
    if (!net || !base) {
        return refuse(
            Refusal::amount_too_large,
            line_path(index, "price"),
            fmt::format("{} of {}", to_string(quantity), to_string(price)),
            "a smaller amount"
        );
    }
    return OfferedLine{
        wired(asked.item),
        wired(quantity),
        wired(price),
        wired(net->money),
        wired(base->money),
        line.rfq_line(),
        line.lead_days()};
}

Judged<Offer> offer_of(
    const Purchasing& state, const Quoting& quoting, const RecordSupplierQuotation& command
) {
    Offer offer;
    offer.net = Money::from_minor(0, quoting.currency);
    offer.base = Money::from_minor(0, state.book.get().base);
    for (flatbuffers::uoffset_t i = 0; i < command.lines()->size(); ++i) {
        const Judged<OfferedLine> line = offered_line(state, quoting, *command.lines()->Get(i), i);
        if (!line.ok()) return line.refused();
        for (const OfferedLine& other : offer.lines) {
            if (other.rfq_line() != line.value().rfq_line()) continue;
            return refuse(
                Refusal::line_named_twice,
                line_path(i, "rfq_line"),
                fmt::format("line {}", other.rfq_line()),
                "each line once"
            );
        }
        offer.net += read(line.value().net());
        offer.base += read(line.value().base());
        if (offer.net.minor() > amount_minor_max || offer.base.minor() > amount_minor_max) {
            return refuse(
                Refusal::amount_too_large, "lines", to_string(offer.net), "a smaller amount"
            );
        }
        offer.lines.push_back(line.value());
    }
    return offer;
}

bool is_complete(const Rfq& rfq, const flatbuffers::Vector<const OfferedLine*>& lines) {
    std::size_t whole = 0;
    for (const OfferedLine* line : lines) {
        if (read(line->quantity()) >= rfq.lines[line->rfq_line() - 1U].quantity) ++whole;
    }
    return whole == rfq.lines.size();
}

void mark_answered(Rfq& rfq, Id supplier) {
    const auto asked = std::ranges::find(rfq.suppliers, supplier, &AskedSupplier::supplier);
    DAYBOOK_ASSERT(asked != rfq.suppliers.end());
    DAYBOOK_ASSERT(!asked->has_answered);
    asked->has_answered = true;
}

}  // namespace

Decision decide(const Purchasing& state, const RequestQuotations& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Id request_id = read_or_none(command.request());
    const Check book = check_book(state);
    if (!book.ok()) return book.refused();
    const Check is_new = check_new(state, "rfq", read(command.rfq()));
    if (!is_new.ok()) return is_new.refused();
    const PurchaseRequest* request = nullptr;
    if (!request_id.is_none()) {
        const auto found = approved_request(state, request_id);
        if (!found.ok()) return found.refused();
        request = found.value();
    }
    const Check dated = check_not_before(date, request == nullptr ? date_min : request->date);
    if (!dated.ok()) return dated.refused();
    const Judged<std::vector<Id>> suppliers = asked_suppliers(state, command.suppliers());
    if (!suppliers.ok()) return suppliers.refused();
    const Judged<std::vector<RfqLine>> lines = asked_lines(state, request, command);
    if (!lines.ok()) return lines.refused();

    QuotationsRequestedT event;
    event.rfq = read(command.rfq());
    event.request = request_id;
    for (const Id& supplier : suppliers.value()) event.suppliers.push_back(supplier);
    event.date = date;
    event.answer_by = read_or_none(command.answer_by());
    event.lines = lines.value();
    return event;
}

Decision decide(
    const Purchasing& state, const RecordSupplierQuotation& command, const Context& context
) {
    const Date date = date_or_today(command.date(), context);
    const Check is_new = check_new(state, "quotation", read(command.quotation()));
    if (!is_new.ok()) return is_new.refused();
    const Judged<const Rfq*> rfq = open_rfq(state, read(command.rfq()), date);
    if (!rfq.ok()) return rfq.refused();
    const Id supplier = standing_for(state, read(command.supplier()));
    const Check answering = check_answering(*rfq.value(), supplier);
    if (!answering.ok()) return answering.refused();
    const Check counted =
        check_line_count(command.lines() == nullptr ? 0 : command.lines()->size());
    if (!counted.ok()) return counted.refused();
    const Currency currency = read(command.lines()->Get(0)->price()).currency();
    if (!is_known(currency)) {
        return refuse(
            Refusal::currency_unknown, line_path(0, "price"), "none", "a currency of ISO 4217"
        );
    }
    const Judged<ExchangeRate> rate =
        rate_on(state, currency, date, read_or_none(command.exchange_rate()));
    if (!rate.ok()) return rate.refused();
    const Judged<Offer> offer = offer_of(state, {*rfq.value(), currency, rate.value()}, command);
    if (!offer.ok()) return offer.refused();

    SupplierQuotationReceivedT event;
    event.quotation = read(command.quotation());
    event.rfq = read(command.rfq());
    event.supplier = supplier;
    event.date = date;
    event.valid_until = read_or_none(command.valid_until());
    event.currency = currency;
    event.rate = rate.value();
    event.lines = offer.value().lines;
    event.net = offer.value().net;
    event.base = offer.value().base;
    event.reference = copy(command.reference());
    return event;
}

Decision decide(const Purchasing& state, const DeclineToQuote& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Judged<const Rfq*> rfq = open_rfq(state, read(command.rfq()), date);
    if (!rfq.ok()) return rfq.refused();
    const Id supplier = standing_for(state, read(command.supplier()));
    const Check answering = check_answering(*rfq.value(), supplier);
    if (!answering.ok()) return answering.refused();
    const Check words = check_text("reason", text(command.reason()));
    if (!words.ok()) return words.refused();

    QuotationDeclinedT event;
    event.rfq = read(command.rfq());
    event.supplier = supplier;
    event.date = date;
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Purchasing& state, const ChooseQuotation& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Id id = read(command.quotation());
    const Judged<const Rfq*> rfq = open_rfq(state, read(command.rfq()), date);
    if (!rfq.ok()) return rfq.refused();
    const Quotation* chosen = state.quotations.find(id);
    if (chosen == nullptr || chosen->rfq != read(command.rfq())) {
        return refuse(
            Refusal::quotation_unknown,
            "quotation",
            to_string(id),
            "a quotation that answers the request"
        );
    }
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();
    if (!chosen->valid_until.is_none() && chosen->valid_until < date) {
        return refuse(
            Refusal::quotation_expired,
            "quotation",
            fmt::format("{}, valid until {}", to_string(id), to_string(chosen->valid_until)),
            fmt::format("a quotation that holds on {}", to_string(date))
        );
    }

    SupplierChosenT event;
    event.rfq = read(command.rfq());
    event.quotation = id;
    event.supplier = chosen->supplier;
    event.date = date;
    event.reason = copy(command.reason());
    event.lowest = id;
    event.extra = Money::from_minor(0, state.book.get().base);
    if (!chosen->is_complete) return event;
    Money lowest = chosen->base;
    for (const Id& other_id : rfq.value()->quotations) {
        const Quotation& other = *state.quotations.find(other_id);
        if (!other.is_complete || !is_less(other.base, lowest)) continue;
        lowest = other.base;
        event.lowest = other_id;
    }
    event.extra = chosen->base - lowest;
    return event;
}

Decision decide(
    const Purchasing& state, const CancelRequestForQuotations& command, const Context& context
) {
    const Date date = date_or_today(command.date(), context);
    const Judged<const Rfq*> rfq = open_rfq(state, read(command.rfq()), date);
    if (!rfq.ok()) return rfq.refused();
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();

    RequestForQuotationsCancelledT event;
    event.rfq = read(command.rfq());
    event.date = date;
    event.reason = copy(command.reason());
    return event;
}

void apply(Purchasing& state, const QuotationsRequested& event) {
    const Id id = read(event.rfq());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::rfq};
    Rfq& rfq = state.rfqs.at(id);
    rfq.request = read_or_none(event.request());
    rfq.date = read(event.date());
    for (const wire::Id* supplier : *event.suppliers()) rfq.suppliers.push_back({read(supplier)});
    for (const RfqLine* line : *event.lines()) {
        rfq.lines.push_back({read(line->item()), read(line->quantity()), line->request_line()});
    }
}

void apply(Purchasing& state, const SupplierQuotationReceived& event) {
    const Id id = read(event.quotation());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::quotation};
    Rfq& rfq = state.rfqs.at(read(event.rfq()));
    mark_answered(rfq, read(event.supplier()));
    rfq.quotations.push_back(id);
    Quotation& quotation = state.quotations.at(id);
    quotation.rfq = read(event.rfq());
    quotation.supplier = read(event.supplier());
    quotation.date = read(event.date());
    quotation.valid_until = read_or_none(event.valid_until());
    quotation.currency = read(event.currency());
    quotation.base = read(event.base());
    quotation.is_complete = is_complete(rfq, *event.lines());
    for (const OfferedLine* line : *event.lines()) {
        quotation.lines.push_back(
            {.item = read(line->item()),
             .quantity = read(line->quantity()),
             .price = read(line->price()),
             .rfq_line = line->rfq_line(),
             .lead_days = line->lead_days()}
        );
    }
}

void apply(Purchasing& state, const QuotationDeclined& event) {
    mark_answered(state.rfqs.at(read(event.rfq())), read(event.supplier()));
}

void apply(Purchasing& state, const SupplierChosen& event) {
    Rfq& rfq = state.rfqs.at(read(event.rfq()));
    DAYBOOK_ASSERT(rfq.chosen.is_none());
    rfq.chosen = read(event.quotation());
    for (const Id& other : rfq.quotations) {
        if (other != rfq.chosen) state.quotations.erase(other);
    }
}

void apply(Purchasing& state, const RequestForQuotationsCancelled& event) {
    const Id id = read(event.rfq());
    for (const Id& quotation : state.rfqs.get(id).quotations) state.quotations.erase(quotation);
    DAYBOOK_ASSERT(state.rfqs.contains(id));
    state.rfqs.erase(id);
}

}  // namespace daybook::purchasing
