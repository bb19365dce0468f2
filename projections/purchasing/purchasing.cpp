// The projection of purchasing: which tables hear of which events, and its reports.

#include "projections/purchasing/reports.hpp"
#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {
namespace {

constexpr ReportOption order_options[]{
    {"supplier", ValueType::id, "Only the orders of this supplier", false, {}, "crm.parties"},
    {"all", ValueType::boolean, "Also orders that are completed, closed or cancelled"},
};
constexpr ReportOption supplier_options[]{
    {"supplier", ValueType::id, "Only of this supplier", false, {}, "crm.parties"},
};
constexpr ReportOption spend_options[]{
    {"from", ValueType::date, "Billed on or after this day"},
    {"supplier", ValueType::id, "Only of this supplier", false, {}, "crm.parties"},
    {"item", ValueType::id, "Only of this item", false, {}, "purchasing.items"},
    {"months", ValueType::boolean, "Each month apart"},
};
constexpr ReportOption variance_options[]{
    {"from", ValueType::date, "Billed on or after this day"},
    {"supplier", ValueType::id, "Only of this supplier", false, {}, "crm.parties"},
    {"item", ValueType::id, "Only of this item", false, {}, "purchasing.items"},
};
constexpr ReportOption performance_options[]{
    {"from", ValueType::date, "Received on or after this day"},
};
constexpr ReportOption comparison_options[]{
    {"rfq", ValueType::id, "The request for quotations", true, {}, "purchasing.rfqs"},
};
constexpr ReportOption exception_options[]{
    {"all", ValueType::boolean, "Also those that are resolved"},
};
constexpr ReportOption proposal_options[]{
    {"proposal", ValueType::id, "Only this proposal", false, {}, "purchasing.proposal_lines"},
};

constexpr Report reports[]{
    {
        .name = "open-orders",
        .title = "Open orders",
        .summary = "Orders to suppliers that still wait for something, and for what.",
        .options = order_options,
        .run = &run_open_orders,
        .explain = &explain_line,
    },
    {
        .name = "expected-receipts",
        .title = "Expected receipts",
        .summary = "What is still to come by the day it is expected on, the late ones first.",
        .options = supplier_options,
        .run = &run_expected_receipts,
        .explain = &explain_line,
    },
    {
        .name = "received-not-billed",
        .title = "Received not billed",
        .summary = "Goods received and not invoiced by supplier, order and line, at their value.",
        .options = supplier_options,
        .run = &run_received_not_billed,
        .explain = &explain_line,
    },
    {
        .name = "billed-not-received",
        .title = "Billed not received",
        .summary = "Goods in transit, and credit notes expected for goods sent back.",
        .options = supplier_options,
        .run = &run_billed_not_received,
        .explain = &explain_line,
    },
    {
        .name = "price-variance",
        .title = "Purchase price variance",
        .summary = "Bills that differ from their receipts, by price and by exchange rate.",
        .options = variance_options,
        .run = &run_price_variance,
        .explain = &explain_price_variance,
    },
    {
        .name = "spend-by-supplier",
        .title = "Spend by supplier",
        .summary = "What was billed less credit notes, in base currency, by supplier.",
        .options = spend_options,
        .run = &run_spend_by_supplier,
        .explain = &explain_spend,
    },
    {
        .name = "spend-by-item",
        .title = "Spend by item",
        .summary = "What was billed less credit notes, in base currency, by item.",
        .options = spend_options,
        .run = &run_spend_by_item,
        .explain = &explain_spend,
    },
    {
        .name = "supplier-performance",
        .title = "Suppliers: on time and quality",
        .summary = "How much of what suppliers delivered came on time and was good.",
        .options = performance_options,
        .run = &run_supplier_performance,
        .explain = &explain_supplier,
    },
    {
        .name = "rfq-comparison",
        .title = "Quotations compared",
        .summary = "What suppliers offer for each line of a request, the cheapest first.",
        .options = comparison_options,
        .run = &run_rfq_comparison,
        .explain = &explain_quotation,
    },
    {
        .name = "match-exceptions",
        .title = "Bills that differ",
        .summary = "Bills held from posting and payment until somebody resolves them.",
        .options = exception_options,
        .run = &run_match_exceptions,
        .explain = &explain_exception,
    },
    {
        .name = "approval-queue",
        .title = "Waiting for approval",
        .summary = "Requests and orders that wait to be approved.",
        .options = {},
        .run = &run_approval_queue,
        .explain = &explain_waiting,
    },
    {
        .name = "reorder-proposals",
        .title = "Reorder proposals",
        .summary = "What was proposed to be ordered again, and what became of it.",
        .options = proposal_options,
        .run = &run_reorder_proposals,
        .explain = &explain_proposal,
    },
};

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<policies, Events<EventTraits, PurchasingPolicySet>>(),
        projection_of<approval_limits, Events<EventTraits, ApprovalLimitSet>>(),
        projection_of<
            approver_roles,
            Events<EventTraits, ApproverRoleGranted, ApproverRoleRevoked>>(),
        projection_of<items, Events<EventTraits, PurchaseItemDefined>>(),
        projection_of<
            suppliers,
            Events<EventTraits, SupplierTermsSet>,
            Events<crm::EventTraits, crm::PartyRegistered, crm::PartyAmended>>(),
        projection_of<item_sources, Events<EventTraits, ItemSourceSet>>(),
        projection_of<supplier_prices, Events<EventTraits, SupplierPriceSet>>(),
        projection_of<reorder_rules, Events<EventTraits, ReorderRuleSet>>(),
        projection_of<
            Tables<requests, request_changes>,
            Events<
                EventTraits,
                RequestDrafted,
                RequestRevised,
                RequestSubmitted,
                RequestApproved,
                RequestRejected>>(),
        projection_of<
            Tables<rfqs, offers>,
            Events<
                EventTraits,
                QuotationsRequested,
                SupplierQuotationReceived,
                QuotationDeclined,
                SupplierChosen,
                RequestForQuotationsCancelled,
                OrderPlaced>>(),
        // These look at an order's row before the last of the three changes it.
        projection_of<
            Tables<requests, orders>,
            Events<EventTraits, OrderPlaced, OrderAmended, OrderRejected, OrderCancelled>>(),
        projection_of<
            Tables<orders, line_moves>,
            Events<EventTraits, OrderPlaced, OrderAmended, OrderAcknowledged>>(),
        projection_of<
            Tables<orders, line_moves, open_lines, line_days, line_positions>,
            Events<EventTraits, GoodsReceived, GoodsReturnedToSupplier, BillMatched>>(),
        projection_of<
            Tables<orders, order_changes>,
            Events<
                EventTraits,
                OrderPlaced,
                OrderApproved,
                OrderRejected,
                OrderAcknowledged,
                OrderAmended,
                OrderHeld,
                OrderReleased,
                OrderClosedShort,
                OrderCancelled,
                GoodsReceived,
                GoodsReturnedToSupplier,
                BillMatched>>(),
        projection_of<bill_lines, Events<EventTraits, BillMatched>>(),
        projection_of<
            match_exceptions,
            Events<EventTraits, MatchExceptionRaised, MatchExceptionResolved>>(),
        projection_of<proposal_lines, Events<EventTraits, ReorderProposed, ProposalOrdered>>()
    )
        .with(std::span<const Report>{reports});

}  // namespace daybook::purchasing
