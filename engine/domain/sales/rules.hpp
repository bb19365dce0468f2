// Every rule of the module by name: what each file decides, applies and listens to.
#pragma once

#include "engine/domain/sales/state.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/inventory.hpp"

namespace daybook::sales {

// items.cpp
Decision decide(const Sales&, const DefineItem&);
Decision decide(const Sales&, const DefinePriceList&);
Decision decide(const Sales&, const SetPrice&, const Context&);
void apply(Sales&, const ItemDefined&);
void apply(Sales&, const PriceListDefined&);
void apply(Sales&, const PriceSet&);
void listen(Sales&, const inventory::StockItemDefined&);

// terms.cpp
Decision decide(const Sales&, const DefinePaymentTerms&);
Decision decide(const Sales&, const SetCustomerTerms&);
void apply(Sales&, const PaymentTermsDefined&);
void apply(Sales&, const CustomerTermsSet&);

// numbers.cpp
Decision decide(const Sales&, const DefineNumberSeries&);
void apply(Sales&, const NumberSeriesDefined&);

// quotations.cpp
Decision decide(const Sales&, const DraftQuotation&, const Context&);
Decision decide(const Sales&, const SendQuotation&, const Context&);
Decision decide(const Sales&, const ReviseQuotation&, const Context&);
Decision decide(const Sales&, const AcceptQuotation&, const Context&);
Decision decide(const Sales&, const DeclineQuotation&, const Context&);
Decision decide(const Sales&, const ExpireQuotation&, const Context&);
Decision decide(const Sales&, const CancelQuotation&, const Context&);
void apply(Sales&, const QuotationDrafted&);
void apply(Sales&, const QuotationSent&);
void apply(Sales&, const QuotationRevised&);
void apply(Sales&, const QuotationAccepted&);
void apply(Sales&, const QuotationDeclined&);
void apply(Sales&, const QuotationExpired&);
void apply(Sales&, const QuotationCancelled&);

// orders.cpp
Decision decide(const Sales&, const ConfirmOrder&, const Context&);
Decision decide(const Sales&, const AmendOrder&, const Context&);
Decision decide(const Sales&, const HoldOrder&, const Context&);
Decision decide(const Sales&, const ReleaseOrder&, const Context&);
Decision decide(const Sales&, const CloseOrder&, const Context&);
Decision decide(const Sales&, const CancelOrder&, const Context&);
void apply(Sales&, const OrderConfirmed&);
void apply(Sales&, const OrderAmended&);
void apply(Sales&, const OrderHeld&);
void apply(Sales&, const OrderReleased&);
void apply(Sales&, const OrderClosedShort&);
void apply(Sales&, const OrderCancelled&);

// deliveries.cpp
Decision decide(const Sales&, const SetSalesPolicy&);
Decision decide(const Sales&, const DeliverOrder&, const Context&);
void apply(Sales&, const SalesPolicySet&);
void apply(Sales&, const GoodsDelivered&);

// returns.cpp
Decision decide(const Sales&, const AcceptReturn&, const Context&);
void apply(Sales&, const GoodsReturned&);

// invoices.cpp
Decision decide(const Sales&, const IssueInvoice&, const Context&);
void apply(Sales&, const InvoiceIssued&);

// credit_notes.cpp
Decision decide(const Sales&, const IssueCreditNote&, const Context&);
void apply(Sales&, const CreditNoteIssued&);

// parties.cpp
void listen(Sales&, const crm::PartyRegistered&);
void listen(Sales&, const crm::PartyDeactivated&);
void listen(Sales&, const crm::PartyReactivated&);
void listen(Sales&, const crm::PartiesMerged&);
void listen(Sales&, const crm::PartiesUnmerged&);

// taxes.cpp
void listen(Sales&, const accounting::TaxCodeDefined&);
void listen(Sales&, const accounting::TaxRateSet&);

// credit.cpp
void listen(Sales&, const accounting::AllocationMade&);
void listen(Sales&, const accounting::AllocationUndone&);

}  // namespace daybook::sales
