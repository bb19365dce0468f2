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

using Orders = Rows<OrderRow>;
using OrderChanges = Rows<OrderChangeRow>;
void project(Orders&, OrderChanges&, const OrderConfirmed&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderAmended&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderHeld&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderReleased&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderClosedShort&, const EventHeader&);
void project(Orders&, OrderChanges&, const OrderCancelled&, const EventHeader&);
void project(Orders&, OrderChanges&, const InvoiceIssued&, const EventHeader&);

// invoices.cpp
void project(Rows<InvoiceRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<InvoiceRow>&, const CreditNoteIssued&, const EventHeader&);
void project(Rows<InvoiceDayRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<InvoiceDayRow>&, const CreditNoteIssued&, const EventHeader&);
void project(Rows<PartyInvoiceRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<PartyInvoiceRow>&, const CreditNoteIssued&, const EventHeader&);
void project(Rows<SaleRow>&, const InvoiceIssued&, const EventHeader&);
void project(Rows<SaleRow>&, const CreditNoteIssued&, const EventHeader&);

using Header = EventHeader;
void project(Rows<PartyTotals>&, Rows<PastPartyTotals>&, const InvoiceIssued&, const Header&);
void project(Rows<PartyTotals>&, Rows<PastPartyTotals>&, const CreditNoteIssued&, const Header&);
void project(Rows<ItemTotals>&, Rows<PastItemTotals>&, const InvoiceIssued&, const Header&);
void project(Rows<ItemTotals>&, Rows<PastItemTotals>&, const CreditNoteIssued&, const Header&);
void project(Rows<CountryTotals>&, Rows<PastCountryTotals>&, const InvoiceIssued&, const Header&);
void project(
    Rows<CountryTotals>&, Rows<PastCountryTotals>&, const CreditNoteIssued&, const Header&
);
void project(Rows<DayTotals>&, Rows<PastDayTotals>&, const InvoiceIssued&, const Header&);
void project(Rows<DayTotals>&, Rows<PastDayTotals>&, const CreditNoteIssued&, const Header&);

}  // namespace daybook::sales
