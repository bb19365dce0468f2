// Invoices and credit notes, and what they add to the totals.

#include "projections/sales/paper.hpp"
#include "projections/sales/rows.hpp"

namespace daybook::sales {
namespace {

InvoiceRow row_of(const Paper& paper, std::uint64_t position) {
    return {
        .invoice = paper.id,
        .kind = paper.kind,
        .number = std::string{paper.number},
        .party = paper.party,
        .date = paper.date,
        .due = paper.date,
        .country = std::string{paper.country},
        .source = paper.source,
        .reference = std::string{paper.reference},
        .net = paper.net,
        .tax = paper.tax,
        .gross = paper.gross,
        .rounding_micro = paper.rounding_micro,
        .position = position};
}

void put_sales(Rows<SaleRow>& rows, const Paper& paper, std::uint64_t position) {
    for (const auto& [item, sum] : sums_by_item(paper)) {
        rows.put({
            .item = item,
            .date = paper.date,
            .position = position,
            .invoice = paper.id,
            .party = paper.party,
            .country = std::string{paper.country},
            .quantity = sum.quantity,
            .net = sum.net,
        });
    }
}

// Counts the whole document, or each of its items, under the key that `Key` asks for.
template <class Row, class Past>
void post(Rows<Row>& totals, Rows<Past>& past, const Paper& paper, std::uint64_t position) {
    each_posting<typename Row::Key>(paper, [&](const typename Row::Key& key, const SalesSum& sum) {
        add_posting(totals, past, {key, paper.date, position}, sum);
    });
}

}  // namespace

const char* name_of(PaperKind kind) {
    return kind == PaperKind::invoice ? "Invoice" : "Credit note";
}

void project(Rows<InvoiceRow>& rows, const InvoiceIssued& event, const EventHeader& header) {
    InvoiceRow row = row_of(paper_of(event), header.position());
    if (event.instalments() != nullptr) {
        for (const Instalment* part : *event.instalments()) {
            row.due = std::max(row.due, read(part->due()));
        }
    }
    rows.put(std::move(row));
}
void project(Rows<InvoiceRow>& rows, const CreditNoteIssued& event, const EventHeader& header) {
    rows.put(row_of(paper_of(event), header.position()));
    const Id invoice = read_or_none(event.invoice());
    if (!invoice.is_none()) rows.at(invoice).credited += read(event.gross());
}

void project(Rows<InvoiceDayRow>& rows, const InvoiceIssued& event, const EventHeader& header) {
    rows.put({read(event.date()), header.position(), read(event.invoice())});
}
void project(Rows<InvoiceDayRow>& rows, const CreditNoteIssued& event, const EventHeader& header) {
    rows.put({read(event.date()), header.position(), read(event.credit_note())});
}
void project(Rows<PartyInvoiceRow>& rows, const InvoiceIssued& event, const EventHeader& header) {
    rows.put({read(event.party()), read(event.date()), header.position(), read(event.invoice())});
}
void project(
    Rows<PartyInvoiceRow>& rows, const CreditNoteIssued& event, const EventHeader& header
) {
    rows.put({read(event.party()), read(event.date()), header.position(), read(event.credit_note())}
    );
}
void project(Rows<SaleRow>& rows, const InvoiceIssued& event, const EventHeader& header) {
    put_sales(rows, paper_of(event), header.position());
}
void project(Rows<SaleRow>& rows, const CreditNoteIssued& event, const EventHeader& header) {
    put_sales(rows, paper_of(event), header.position());
}

void project(
    Rows<PartyTotals>& totals,
    Rows<PastPartyTotals>& past,
    const InvoiceIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}
void project(
    Rows<PartyTotals>& totals,
    Rows<PastPartyTotals>& past,
    const CreditNoteIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}
void project(
    Rows<ItemTotals>& totals,
    Rows<PastItemTotals>& past,
    const InvoiceIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}
void project(
    Rows<ItemTotals>& totals,
    Rows<PastItemTotals>& past,
    const CreditNoteIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}
void project(
    Rows<CountryTotals>& totals,
    Rows<PastCountryTotals>& past,
    const InvoiceIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}
void project(
    Rows<CountryTotals>& totals,
    Rows<PastCountryTotals>& past,
    const CreditNoteIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}
void project(
    Rows<DayTotals>& totals,
    Rows<PastDayTotals>& past,
    const InvoiceIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}
void project(
    Rows<DayTotals>& totals,
    Rows<PastDayTotals>& past,
    const CreditNoteIssued& event,
    const Header& header
) {
    post(totals, past, paper_of(event), header.position());
}

}  // namespace daybook::sales
