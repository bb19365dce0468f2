// Items, prices, terms, customers and number series as they stand now.

#include <fmt/format.h>

#include "projections/sales/rows.hpp"

namespace daybook::sales {
namespace {

std::string words_of(const InstalmentTerm& term) {
    std::string words = to_string(read(term.share()));
    if (term.days() > 0) words += fmt::format(" after {} days", term.days());
    if (term.end_of_month()) words += " at the end of the month";
    return words;
}

template <class Event>
void count_number(Rows<NumberSeriesRow>& rows, const Event& event) {
    NumberSeriesRow& row = rows.at(read(event.series()));
    ++row.document_count;
    row.last_number = copy(event.number());
    row.last_date = read(event.date());
}

}  // namespace

void project(Rows<ItemRow>& rows, const ItemDefined& event) {
    rows.put({
        .item = read(event.item()),
        .name = copy(event.name()),
        .unit = copy(event.unit()),
        .posting_group = read(event.posting_group()),
        .tax_code = read_or_none(event.tax_code()),
        .is_active = event.is_active(),
    });
}

void project(Rows<PriceListRow>& rows, const PriceListDefined& event) {
    rows.put({
        .price_list = read(event.price_list()),
        .name = copy(event.name()),
        .currency = read(event.currency()),
        .includes_tax = event.includes_tax(),
    });
}

void project(Rows<PriceRow>& rows, const PriceSet& event) {
    rows.put({
        .price_list = read(event.price_list()),
        .item = read(event.item()),
        .valid_from = read(event.valid_from()),
        .from_milli = read(event.from_quantity()).milli(),
        .from_quantity = read(event.from_quantity()),
        .price = read(event.price()),
        .valid_until = read_or_none(event.valid_until()),
    });
}

void project(Rows<PaymentTermsRow>& rows, const PaymentTermsDefined& event) {
    PaymentTermsRow& row = rows.at(read(event.payment_terms()));
    row.name = copy(event.name());
    row.instalments.clear();
    for (const InstalmentTerm* term : *event.instalments()) {
        if (!row.instalments.empty()) row.instalments += ", ";
        row.instalments += words_of(*term);
    }
}

void project(Rows<CustomerRow>& rows, const CustomerTermsSet& event) {
    CustomerRow& row = rows.at(read(event.party()));
    row.currency = read_or_none(event.currency());
    row.payment_terms = read_or_none(event.payment_terms());
    row.price_list = read_or_none(event.price_list());
    row.tax_code = read_or_none(event.tax_code());
    row.country = copy(event.country());
    row.has_credit_limit = event.has_credit_limit();
    row.credit_limit = read_or_none(event.credit_limit());
}

void project(Rows<CustomerRow>& rows, const crm::PartyRegistered& event) {
    rows.at(read(event.party())).name = copy(event.name());
}

void project(Rows<CustomerRow>& rows, const crm::PartyAmended& event) {
    if (text(event.name()).empty()) return;
    rows.at(read(event.party())).name = copy(event.name());
}

void project(Rows<NumberSeriesRow>& rows, const NumberSeriesDefined& event) {
    NumberSeriesRow& row = rows.at(read(event.series()));
    row.pattern = copy(event.pattern());
    row.is_external = event.is_external();
}

void project(Rows<NumberSeriesRow>& rows, const InvoiceIssued& event) {
    count_number(rows, event);
}
void project(Rows<NumberSeriesRow>& rows, const CreditNoteIssued& event) {
    count_number(rows, event);
}

}  // namespace daybook::sales
