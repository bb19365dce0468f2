// An invoice or credit note in the one shape that is counted.

#include "projections/sales/paper.hpp"

#include <algorithm>

namespace daybook::sales {
namespace {

template <class Event>
Paper shared_part(const Event& event, PaperKind kind) {
    const bool is_negative = kind == PaperKind::credit_note;
    const auto with_sign = [is_negative](const wire::Money* amount) {
        return is_negative ? -read(amount) : read(amount);
    };
    return {
        .kind = kind,
        .party = read(event.party()),
        .date = read(event.date()),
        .number = text(event.number()),
        .country = text(event.country()),
        .reference = text(event.reference()),
        .net = with_sign(event.net()),
        .tax = with_sign(event.tax()),
        .gross = with_sign(event.gross()),
        .rounding_micro = is_negative ? -event.rounding_micro() : event.rounding_micro(),
        .lines = event.lines()};
}

}  // namespace

Paper paper_of(const InvoiceIssued& event) {
    Paper paper = shared_part(event, PaperKind::invoice);
    paper.id = read(event.invoice());
    paper.source = read_or_none(event.order());
    return paper;
}

Paper paper_of(const CreditNoteIssued& event) {
    Paper paper = shared_part(event, PaperKind::credit_note);
    paper.id = read(event.credit_note());
    paper.source = read_or_none(event.invoice());
    return paper;
}

std::optional<Paper> paper_of(EventBytes event) {
    if (header_of(event).module_() !=
        flatbuffers::ReadScalar<std::uint32_t>(EventRecordIdentifier())) {
        return std::nullopt;
    }
    const auto* record = flatbuffers::GetRoot<EventRecord>(payload_of(event).data());
    if (const auto* invoice = record->event_as_InvoiceIssued()) return paper_of(*invoice);
    if (const auto* credit = record->event_as_CreditNoteIssued()) return paper_of(*credit);
    return std::nullopt;
}

SalesSum sum_of(const Paper& paper) {
    SalesSum sum{
        .net = paper.net,
        .tax = paper.tax,
        .invoices = paper.is_credit_note() ? 0 : 1,
        .credit_notes = paper.is_credit_note() ? 1 : 0,
        .rounding_micro = paper.rounding_micro};
    for (const PricedLine* line : *paper.lines) {
        if (line->kind() != LineKind::item) continue;
        const Quantity quantity = read(line->quantity());
        sum.quantity += paper.is_credit_note() ? -quantity : quantity;
    }
    return sum;
}

std::vector<std::pair<Id, SalesSum>> sums_by_item(const Paper& paper) {
    std::vector<std::pair<Id, SalesSum>> sums;
    for (const PricedLine* line : *paper.lines) {
        if (line->kind() == LineKind::text) continue;
        SalesSum& sum = sums.emplace_back(read(line->item()), SalesSum{}).second;
        sum.net = read(line->net());
        sum.tax = read(line->tax());
        if (line->kind() == LineKind::item) sum.quantity = read(line->quantity());
        if (!paper.is_credit_note()) continue;
        sum.net = -sum.net;
        sum.tax = -sum.tax;
        sum.quantity = -sum.quantity;
    }
    std::ranges::stable_sort(sums, {}, &std::pair<Id, SalesSum>::first);
    std::vector<std::pair<Id, SalesSum>> joined;
    for (const auto& [item, sum] : sums) {
        if (joined.empty() || joined.back().first != item) joined.push_back({item, SalesSum{}});
        SalesSum& whole = joined.back().second;
        whole.net += sum.net;
        whole.tax += sum.tax;
        whole.quantity += sum.quantity;
        whole.invoices = paper.is_credit_note() ? 0 : 1;
        whole.credit_notes = paper.is_credit_note() ? 1 : 0;
    }
    return joined;
}

}  // namespace daybook::sales
