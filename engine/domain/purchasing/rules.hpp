// Every rule of the module by name: what each file decides, applies and listens to.
#pragma once

#include "engine/domain/purchasing/state.hpp"
#include "schemas/crm.hpp"

namespace daybook::purchasing {

// policy.cpp
Decision decide(const Purchasing&, const SetPurchasingPolicy&);
Decision decide(const Purchasing&, const SetApprovalLimit&);
Decision decide(const Purchasing&, const GrantApproverRole&);
Decision decide(const Purchasing&, const RevokeApproverRole&);
void apply(Purchasing&, const PurchasingPolicySet&);
void apply(Purchasing&, const ApprovalLimitSet&);
void apply(Purchasing&, const ApproverRoleGranted&);
void apply(Purchasing&, const ApproverRoleRevoked&);

// items.cpp
Decision decide(const Purchasing&, const DefinePurchaseItem&);
Decision decide(const Purchasing&, const SetSupplierTerms&);
Decision decide(const Purchasing&, const SetItemSource&);
Decision decide(const Purchasing&, const SetSupplierPrice&, const Context&);
Decision decide(const Purchasing&, const SetReorderRule&);
void apply(Purchasing&, const PurchaseItemDefined&);
void apply(Purchasing&, const SupplierTermsSet&);
void apply(Purchasing&, const ItemSourceSet&);
void apply(Purchasing&, const SupplierPriceSet&);
void apply(Purchasing&, const ReorderRuleSet&);

// requests.cpp
Decision decide(const Purchasing&, const DraftRequest&, const Context&);
Decision decide(const Purchasing&, const ReviseRequest&, const Context&);
Decision decide(const Purchasing&, const SubmitRequest&, const Context&);
Decision decide(const Purchasing&, const ApproveRequest&, const Context&);
Decision decide(const Purchasing&, const RejectRequest&, const Context&);
void apply(Purchasing&, const RequestDrafted&);
void apply(Purchasing&, const RequestRevised&);
void apply(Purchasing&, const RequestSubmitted&);
void apply(Purchasing&, const RequestApproved&);
void apply(Purchasing&, const RequestRejected&);

// quotations.cpp
Decision decide(const Purchasing&, const RequestQuotations&, const Context&);
Decision decide(const Purchasing&, const RecordSupplierQuotation&, const Context&);
Decision decide(const Purchasing&, const DeclineToQuote&, const Context&);
Decision decide(const Purchasing&, const ChooseQuotation&, const Context&);
Decision decide(const Purchasing&, const CancelRequestForQuotations&, const Context&);
void apply(Purchasing&, const QuotationsRequested&);
void apply(Purchasing&, const SupplierQuotationReceived&);
void apply(Purchasing&, const QuotationDeclined&);
void apply(Purchasing&, const SupplierChosen&);
void apply(Purchasing&, const RequestForQuotationsCancelled&);

// orders.cpp
Decision decide(const Purchasing&, const PlaceOrder&, const Context&);
Decision decide(const Purchasing&, const ApproveOrder&, const Context&);
Decision decide(const Purchasing&, const RejectOrder&, const Context&);
Decision decide(const Purchasing&, const AcknowledgeOrder&, const Context&);
Decision decide(const Purchasing&, const AmendOrder&, const Context&);
Decision decide(const Purchasing&, const HoldOrder&, const Context&);
Decision decide(const Purchasing&, const ReleaseOrder&, const Context&);
Decision decide(const Purchasing&, const CloseOrder&, const Context&);
Decision decide(const Purchasing&, const CancelOrder&, const Context&);
void apply(Purchasing&, const OrderPlaced&);
void apply(Purchasing&, const OrderApproved&);
void apply(Purchasing&, const OrderRejected&);
void apply(Purchasing&, const OrderAcknowledged&);
void apply(Purchasing&, const OrderAmended&);
void apply(Purchasing&, const OrderHeld&);
void apply(Purchasing&, const OrderReleased&);
void apply(Purchasing&, const OrderClosedShort&);
void apply(Purchasing&, const OrderCancelled&);

// receipts.cpp
Decision decide(const Purchasing&, const ReceiveGoods&, const Context&);
Decision decide(const Purchasing&, const ReturnGoods&, const Context&);
void apply(Purchasing&, const GoodsReceived&);
void apply(Purchasing&, const GoodsReturnedToSupplier&);

// bills.cpp
Decision decide(const Purchasing&, const RecordSupplierBill&, const Context&);
Decision decide(const Purchasing&, const ResolveMatchException&, const Context&);
void apply(Purchasing&, const BillMatched&);
void apply(Purchasing&, const MatchExceptionRaised&);
void apply(Purchasing&, const MatchExceptionResolved&);

// accruals.cpp
Decision decide(const Purchasing&, const ReleaseAccruals&, const Context&);
Decision decide(const Purchasing&, const AssignPrepayment&, const Context&);
void apply(Purchasing&, const AccrualsReleased&);
void apply(Purchasing&, const PrepaymentAssigned&);

// reorder.cpp
Decision decide(const Purchasing&, const ProposeReorder&, const Context&);
Decision decide(const Purchasing&, const OrderProposal&, const Context&);
void apply(Purchasing&, const ReorderProposed&);
void apply(Purchasing&, const ProposalOrdered&);

// heard.cpp
void listen(Purchasing&, const accounting::BookConfigured&);
void listen(Purchasing&, const accounting::FiscalYearOpened&);
void listen(Purchasing&, const accounting::PeriodSoftClosed&);
void listen(Purchasing&, const accounting::PeriodClosed&);
void listen(Purchasing&, const accounting::PeriodReopened&);
void listen(Purchasing&, const accounting::FiscalYearClosed&);
void listen(Purchasing&, const accounting::FiscalYearReopened&);
void listen(Purchasing&, const accounting::TaxCodeDefined&);
void listen(Purchasing&, const accounting::TaxRateSet&);
void listen(Purchasing&, const accounting::ExchangeRatePublished&);
void listen(Purchasing&, const accounting::BillRecorded&);
void listen(Purchasing&, const accounting::PaymentRecorded&);
void listen(Purchasing&, const accounting::PaymentReversed&);
void listen(Purchasing&, const accounting::AllocationMade&);
void listen(Purchasing&, const accounting::AllocationUndone&);
void listen(Purchasing&, const crm::PartyRegistered&);
void listen(Purchasing&, const crm::PartyDeactivated&);
void listen(Purchasing&, const crm::PartyReactivated&);
void listen(Purchasing&, const crm::PartiesMerged&);
void listen(Purchasing&, const crm::PartiesUnmerged&);
void listen(Purchasing&, const inventory::StockItemDefined&);
void listen(Purchasing&, const inventory::LocationDefined&);
void listen(Purchasing&, const inventory::StockMoved&);
void listen(Purchasing&, const inventory::StockReserved&);
void listen(Purchasing&, const inventory::ReservationReleased&);
void listen(Purchasing&, const inventory::ReservationExpired&);
void listen(Purchasing&, const inventory::ReservationUsed&);

}  // namespace daybook::purchasing
