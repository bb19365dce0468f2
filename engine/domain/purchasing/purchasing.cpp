// The table of the purchasing module: which commands it decides, which events it makes.

#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {

static void apply(Purchasing&, const ApprovalLimitSet&) {}
static void apply(Purchasing&, const ApproverRoleGranted&) {}
static void apply(Purchasing&, const ApproverRoleRevoked&) {}
static void apply(Purchasing&, const PurchaseItemDefined&) {}
static void apply(Purchasing&, const SupplierTermsSet&) {}
static void apply(Purchasing&, const ItemSourceSet&) {}
static void apply(Purchasing&, const SupplierPriceSet&) {}
static void apply(Purchasing&, const ReorderRuleSet&) {}
static void apply(Purchasing&, const RequestDrafted&) {}
static void apply(Purchasing&, const RequestRevised&) {}
static void apply(Purchasing&, const RequestSubmitted&) {}
static void apply(Purchasing&, const RequestApproved&) {}
static void apply(Purchasing&, const RequestRejected&) {}
static void apply(Purchasing&, const QuotationsRequested&) {}
static void apply(Purchasing&, const SupplierQuotationReceived&) {}
static void apply(Purchasing&, const QuotationDeclined&) {}
static void apply(Purchasing&, const SupplierChosen&) {}
static void apply(Purchasing&, const RequestForQuotationsCancelled&) {}
static void apply(Purchasing&, const OrderPlaced&) {}
static void apply(Purchasing&, const OrderApproved&) {}
static void apply(Purchasing&, const OrderRejected&) {}
static void apply(Purchasing&, const OrderAcknowledged&) {}
static void apply(Purchasing&, const OrderAmended&) {}
static void apply(Purchasing&, const OrderHeld&) {}
static void apply(Purchasing&, const OrderReleased&) {}
static void apply(Purchasing&, const OrderClosedShort&) {}
static void apply(Purchasing&, const OrderCancelled&) {}
static void apply(Purchasing&, const GoodsReceived&) {}
static void apply(Purchasing&, const GoodsReturnedToSupplier&) {}
static void apply(Purchasing&, const BillMatched&) {}
static void apply(Purchasing&, const MatchExceptionRaised&) {}
static void apply(Purchasing&, const MatchExceptionResolved&) {}
static void apply(Purchasing&, const AccrualsReleased&) {}
static void apply(Purchasing&, const PrepaymentAssigned&) {}
static void apply(Purchasing&, const ReorderProposed&) {}
static void apply(Purchasing&, const ProposalOrdered&) {}

extern constinit const Module module = module_of<
    Purchasing,
    Commands<CommandTraits, SetPurchasingPolicy>,
    Events<
        EventTraits,
        PurchasingPolicySet,
        ApprovalLimitSet,
        ApproverRoleGranted,
        ApproverRoleRevoked,
        PurchaseItemDefined,
        SupplierTermsSet,
        ItemSourceSet,
        SupplierPriceSet,
        ReorderRuleSet,
        RequestDrafted,
        RequestRevised,
        RequestSubmitted,
        RequestApproved,
        RequestRejected,
        QuotationsRequested,
        SupplierQuotationReceived,
        QuotationDeclined,
        SupplierChosen,
        RequestForQuotationsCancelled,
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
        BillMatched,
        MatchExceptionRaised,
        MatchExceptionResolved,
        AccrualsReleased,
        PrepaymentAssigned,
        ReorderProposed,
        ProposalOrdered>,
    Listens<accounting::EventTraits, accounting::BookConfigured>>();

}  // namespace daybook::purchasing
