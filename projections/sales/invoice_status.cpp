// What is open of an invoice or credit note and what people call that, on any day, as known at any
// position: what accounting settled of it, its instalments and its credit notes.

#include <algorithm>

#include "projections/sales/reports.hpp"
#include "projections/sales/rows.hpp"

namespace daybook::sales {
namespace {

using SettledItems = flatbuffers::Vector<const accounting::SettledItem*>;

// From the day on from which the items count as settled, or as open again.
template <class Event>
void note_settled(
    Rows<InvoiceRow>& rows, InvoiceChanges& changes, const Event& event, const EventHeader& header
) {
    constexpr bool is_settled = std::is_same_v<Event, accounting::AllocationMade>;
    std::uint16_t sequence = 0;
    for (const accounting::SettledItem* item : *event.items()) {
        const Id document = read(item->document());
        if (rows.find(document) == nullptr) continue;  // A bill or a payment.
        const Money amount = read(item->amount());
        changes.put(
            {.invoice = document,
             .position = header.position(),
             .sequence = sequence++,
             .date = read(event.accounting_date()),
             .part = item->part(),
             .open = is_settled ? -amount : amount}
        );
    }
}

InvoiceStage stage_of(const InvoiceRow& row, const InvoiceThen& then) {
    if (row.kind == PaperKind::credit_note) return InvoiceStage::is_return;
    const bool is_open = then.open.minor() > 0;
    const bool is_credited = !then.credited.is_zero();
    if (is_credited && (!is_open || then.credited.minor() >= row.gross.minor())) {
        return InvoiceStage::credit_note_issued;
    }
    if (!is_open) return InvoiceStage::paid;
    if (then.is_late) return InvoiceStage::overdue;
    return then.open.minor() < row.gross.minor() ? InvoiceStage::partly_paid : InvoiceStage::unpaid;
}

}  // namespace

const char* name_of(InvoiceStage status) {
    switch (status) {
        case InvoiceStage::unpaid: return "Unpaid";
        case InvoiceStage::partly_paid: return "Partly Paid";
        case InvoiceStage::paid: return "Paid";
        case InvoiceStage::overdue: return "Overdue";
        case InvoiceStage::credit_note_issued: return "Credit Note Issued";
        case InvoiceStage::is_return: return "Return";
    }
    return "";
}

void project(Rows<InvoicePartRow>& rows, const InvoiceIssued& event) {
    const Id invoice = read(event.invoice());
    std::uint16_t part = 0;
    if (event.instalments() != nullptr) {
        for (const Instalment* instalment : *event.instalments()) {
            rows.put({invoice, ++part, read(instalment->due()), read(instalment->amount())});
        }
    }
    if (part == 0) rows.put({invoice, 1, read(event.date()), read(event.gross())});
}
void project(Rows<InvoicePartRow>& rows, const CreditNoteIssued& event) {
    rows.put({read(event.credit_note()), 1, read(event.date()), -read(event.gross())});
}

void project(InvoiceChanges& changes, const CreditNoteIssued& event, const EventHeader& header) {
    const Id invoice = read_or_none(event.invoice());
    if (invoice.is_none()) return;
    changes.put(
        {.invoice = invoice,
         .position = header.position(),
         .date = read(event.date()),
         .credited = read(event.gross())}
    );
}
void project(
    Rows<InvoiceRow>& rows,
    InvoiceChanges& changes,
    const accounting::AllocationMade& event,
    const EventHeader& header
) {
    note_settled(rows, changes, event, header);
}
void project(
    Rows<InvoiceRow>& rows,
    InvoiceChanges& changes,
    const accounting::AllocationUndone& event,
    const EventHeader& header
) {
    note_settled(rows, changes, event, header);
}

void project(Rows<LastDayRow>& rows, const accounting::EntryPosted& event) {
    LastDayRow& row = rows.at(std::uint8_t{0});
    row.last = std::max(row.last, read(event.accounting_date()));
}

Date last_day(const Query& query, const ReportRequest& request) {
    if (request.as_of < date_max) return request.as_of;
    const auto row = query.find<last_days>(std::uint8_t{0});
    return row ? row->last : date_min;
}

InvoiceThen invoice_then(
    const Query& query, const ReportRequest& request, const InvoiceRow& row, Date day
) {
    const Money nothing = Money::from_minor(0, row.gross.currency());
    InvoiceThen then{.due = row.due, .open = nothing, .credited = nothing};
    std::map<std::uint16_t, Money> open;
    query.scan<invoice_changes>(row.invoice, [&](const InvoiceChangeRow& change) {
        if (change.date > request.as_of || change.position >= request.known_at) return;
        then.positions.push_back(change.position);
        then.credited += change.credited;
        open.try_emplace(change.part, nothing).first->second += change.open;
    });
    query.scan<invoice_parts>(row.invoice, [&](const InvoicePartRow& part) {
        const Money left = part.amount + open[part.part];
        then.open += left;
        if (!left.is_zero()) then.due = std::min(then.due, part.due);
        then.is_late = then.is_late || (left.minor() > 0 && part.due < day);
    });
    then.status = stage_of(row, then);
    return then;
}

}  // namespace daybook::sales
