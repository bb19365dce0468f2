// What each event changes in the tables of sales.
#pragma once

#include "projections/sales/tables.hpp"

namespace daybook::sales {

// masters.cpp
void project(Rows<ItemRow>&, const ItemDefined&);
void project(Rows<PriceListRow>&, const PriceListDefined&);
void project(Rows<PriceRow>&, const PriceSet&);
void project(Rows<PaymentTermsRow>&, const PaymentTermsDefined&);
void project(Rows<CustomerRow>&, const CustomerTermsSet&);
void project(Rows<CustomerRow>&, const crm::PartyRegistered&);
void project(Rows<CustomerRow>&, const crm::PartyAmended&);
void project(Rows<NumberSeriesRow>&, const NumberSeriesDefined&);
void project(Rows<NumberSeriesRow>&, const InvoiceIssued&);
void project(Rows<NumberSeriesRow>&, const CreditNoteIssued&);

// documents.cpp
void project(Rows<QuotationRow>&, const QuotationDrafted&, const EventHeader&);
void project(Rows<QuotationRow>&, const QuotationSent&);
void project(Rows<QuotationRow>&, const QuotationRevised&);
void project(Rows<QuotationRow>&, const QuotationAccepted&);
void project(Rows<QuotationRow>&, const QuotationDeclined&);
void project(Rows<QuotationRow>&, const QuotationExpired&);
void project(Rows<QuotationRow>&, const QuotationCancelled&);
void project(Rows<QuotationRow>&, const OrderConfirmed&);

// quotations.cpp: after its row has changed.
using Quotations = Rows<QuotationRow>;
using QuotationChanges = Rows<QuotationChangeRow>;
void note_change(Rows<QuotationRow>&, QuotationChanges&, const Id& quotation, const EventHeader&);
template <class Event>
void project(
    Rows<QuotationRow>& rows,
    QuotationChanges& changes,
    const Event& event,
    const EventHeader& header
) {
    note_change(rows, changes, read_or_none(event.quotation()), header);
}

using Orders = Rows<OrderRow>;
void project(Quotations&, QuotationChanges&, Orders&, const OrderCancelled&, const EventHeader&);
using OrderChanges = Rows<OrderChangeRow>;
void project(Orders&, OrderChanges&, const OrderConfirmed&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderAmended&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderHeld&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderReleased&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderClosedShort&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderCancelled&, const EventHeader&);
void project(Orders&, OrderChanges&, const GoodsDelivered&, const EventHeader&);
void project(Orders&, OrderChanges&, const GoodsReturned&, const EventHeader&);
void project(Orders&, OrderChanges&, const InvoiceIssued&, const EventHeader&);

// order_lines.cpp
[[nodiscard]] OrderedLine ordered_line(const OrderedLine& before, const PricedLine& line);
[[nodiscard]] std::int64_t to_deliver_milli(const OrderTerms&, const OrderedLine&);
[[nodiscard]] std::int64_t to_bill_milli(const OrderTerms&, const OrderedLine&);
// What a delivery, a return and an invoice change of a line.
void add_delivered(OrderedLine&, const DeliveredLine&);
void add_returned(OrderedLine&, const ReturnedLine&, bool is_replaced);
void add_invoiced(OrderedLine&, const PricedLine&);
void project(Rows<OrderLineRow>&, const OrderConfirmed&);
void project(Rows<OrderLineRow>&, const OrderAmended&);
void project(Rows<OrderLineRow>&, const OrderClosedShort&);
void project(Rows<OrderLineRow>&, const OrderCancelled&);
void project(Rows<OrderLineRow>&, const GoodsDelivered&);
void project(Rows<OrderLineRow>&, const GoodsReturned&);
void project(Rows<OrderLineRow>&, const InvoiceIssued&);

// deliveries.cpp
void project(Rows<DeliveryRow>&, const GoodsDelivered&, const EventHeader&);
void project(Rows<DeliveryLineRow>&, const GoodsDelivered&);
void project(Rows<DeliveryLineRow>&, const GoodsReturned&);
void project(Rows<DeliveryLineRow>&, const InvoiceIssued&);
void project(Rows<ReturnRow>&, const GoodsReturned&, const EventHeader&);
void project(Rows<ReturnLineRow>&, const GoodsReturned&);

// invoices.cpp
void project(Rows<InvoiceRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<InvoiceRow>&, const CreditNoteIssued&, const EventHeader&);
void project(Rows<InvoiceDayRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<InvoiceDayRow>&, const CreditNoteIssued&, const EventHeader&);
void project(Rows<PartyInvoiceRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<PartyInvoiceRow>&, const CreditNoteIssued&, const EventHeader&);
void project(Rows<SaleRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<SaleRow>&, const CreditNoteIssued&, const EventHeader&);

// invoice_status.cpp
using Header = EventHeader;
using InvoiceChanges = Rows<InvoiceChangeRow>;
using Allocated = accounting::AllocationMade;
using Unallocated = accounting::AllocationUndone;
void project(Rows<InvoicePartRow>&, const InvoiceIssued&);
void project(Rows<InvoicePartRow>&, const CreditNoteIssued&);
void project(InvoiceChanges&, const CreditNoteIssued&, const Header&);
void project(Rows<InvoiceRow>&, InvoiceChanges&, const Allocated&, const Header&);
void project(Rows<InvoiceRow>&, InvoiceChanges&, const Unallocated&, const Header&);
void project(Rows<LastDayRow>&, const accounting::EntryPosted&);

void project(Rows<PartyTotals>&, Rows<PastPartyTotals>&, const InvoiceIssued&, const Header&);
void project(Rows<PartyTotals>&, Rows<PastPartyTotals>&, const CreditNoteIssued&, const Header&);
void project(Rows<ItemTotals>&, Rows<PastItemTotals>&, const InvoiceIssued&, const Header&);
void project(Rows<ItemTotals>&, Rows<PastItemTotals>&, const CreditNoteIssued&, const Header&);
using Countries = Rows<CountryTotals>;
using PastCountries = Rows<PastCountryTotals>;
void project(Countries&, PastCountries&, const InvoiceIssued&, const Header&);
void project(Countries&, PastCountries&, const CreditNoteIssued&, const Header&);
void project(Rows<DayTotals>&, Rows<PastDayTotals>&, const InvoiceIssued&, const Header&);
void project(Rows<DayTotals>&, Rows<PastDayTotals>&, const CreditNoteIssued&, const Header&);

}  // namespace daybook::sales
