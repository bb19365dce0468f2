// The table of the sales module: which commands it decides, which events it makes, whom it hears.

#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {

extern constinit const Module module = module_of<
    Sales,
    Commands<
        CommandTraits,
        DefineItem,
        DefinePriceList,
        SetPrice,
        DefinePaymentTerms,
        SetCustomerTerms,
        DefineNumberSeries,
        DraftQuotation,
        SendQuotation,
        ReviseQuotation,
        AcceptQuotation,
        DeclineQuotation,
        ExpireQuotation,
        CancelQuotation,
        ConfirmOrder,
        AmendOrder,
        HoldOrder,
        ReleaseOrder,
        CloseOrder,
        CancelOrder,
        IssueInvoice,
        IssueCreditNote>,
    Events<
        EventTraits,
        ItemDefined,
        PriceListDefined,
        PriceSet,
        PaymentTermsDefined,
        CustomerTermsSet,
        NumberSeriesDefined,
        QuotationDrafted,
        QuotationSent,
        QuotationRevised,
        QuotationAccepted,
        QuotationDeclined,
        QuotationExpired,
        QuotationCancelled,
        OrderConfirmed,
        OrderAmended,
        OrderHeld,
        OrderReleased,
        OrderClosedShort,
        OrderCancelled,
        InvoiceIssued,
        CreditNoteIssued>,
    Listens<
        crm::EventTraits,
        crm::PartyRegistered,
        crm::PartyDeactivated,
        crm::PartyReactivated,
        crm::PartiesMerged,
        crm::PartiesUnmerged>,
    Listens<
        accounting::EventTraits,
        accounting::TaxCodeDefined,
        accounting::TaxRateSet,
        accounting::AllocationMade,
        accounting::AllocationUndone>>();

}  // namespace daybook::sales
