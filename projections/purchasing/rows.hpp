// What each event changes in the tables of purchasing.
#pragma once

#include "projections/purchasing/tables.hpp"

namespace daybook::purchasing {

using Header = EventHeader;

// masters.cpp
void project(Rows<PolicyRow>&, const PurchasingPolicySet&);
void project(Rows<LimitRow>&, const ApprovalLimitSet&);
void project(Rows<ApproverRow>&, const ApproverRoleGranted&);
void project(Rows<ApproverRow>&, const ApproverRoleRevoked&);
void project(Rows<ItemRow>&, const PurchaseItemDefined&);
void project(Rows<SupplierRow>&, const SupplierTermsSet&);
void project(Rows<SupplierRow>&, const crm::PartyRegistered&);
void project(Rows<SupplierRow>&, const crm::PartyAmended&);
void project(Rows<SourceRow>&, const ItemSourceSet&);
void project(Rows<PriceRow>&, const SupplierPriceSet&);
void project(Rows<ReorderRuleRow>&, const ReorderRuleSet&);
void project(Rows<ProposalLineRow>&, const ReorderProposed&, const Header&);
void project(Rows<ProposalLineRow>&, const ProposalOrdered&, const Header&);

// asking.cpp
using Requests = Rows<RequestRow>;
using RequestChanges = Rows<RequestChangeRow>;
void project(Requests&, RequestChanges&, const RequestDrafted&, const Header&);
void project(Requests&, RequestChanges&, const RequestRevised&, const Header&);
void project(Requests&, RequestChanges&, const RequestSubmitted&, const Header&);
void project(Requests&, RequestChanges&, const RequestApproved&, const Header&);
void project(Requests&, RequestChanges&, const RequestRejected&, const Header&);
using Rfqs = Rows<RfqRow>;
using Offers = Rows<OfferRow>;
void project(Rfqs&, Offers&, const QuotationsRequested&, const Header&);
void project(Rfqs&, Offers&, const SupplierQuotationReceived&, const Header&);
void project(Rfqs&, Offers&, const QuotationDeclined&, const Header&);
void project(Rfqs&, Offers&, const SupplierChosen&, const Header&);
void project(Rfqs&, Offers&, const RequestForQuotationsCancelled&, const Header&);
void project(Rfqs&, Offers&, const OrderPlaced&, const Header&);
using Orders = Rows<OrderRow>;

void project(Requests&, Orders&, const OrderPlaced&, const Header&);
void project(Requests&, Orders&, const OrderAmended&, const Header&);
void project(Requests&, Orders&, const OrderRejected&, const Header&);
void project(Requests&, Orders&, const OrderCancelled&, const Header&);

// moves.cpp
using LineMoves = Rows<LineMoveRow>;
using OpenLines = Rows<OpenLineRow>;
using LineDays = Rows<LineDayRow>;
using LinePositions = Rows<LinePositionRow>;
void project(Orders&, LineMoves&, const OrderPlaced&, const Header&);
void project(Orders&, LineMoves&, const OrderAmended&, const Header&);
void project(Orders&, LineMoves&, const OrderAcknowledged&, const Header&);
void project(
    Orders& rows,
    LineMoves& moves,
    OpenLines& open,
    LineDays& days,
    LinePositions& positions,
    const GoodsReceived& event,
    const Header& header
);
void project(
    Orders& rows,
    LineMoves& moves,
    OpenLines& open,
    LineDays& days,
    LinePositions& positions,
    const GoodsReturnedToSupplier& event,
    const Header& header
);
void project(
    Orders& rows,
    LineMoves& moves,
    OpenLines& open,
    LineDays& days,
    LinePositions& positions,
    const BillMatched& event,
    const Header& header
);

// ordering.cpp
using OrderChanges = Rows<OrderChangeRow>;
void project(Orders&, OrderChanges&, const OrderPlaced&, const Header&);
void project(Orders&, OrderChanges&, const OrderApproved&, const Header&);
void project(Orders&, OrderChanges&, const OrderRejected&, const Header&);
void project(Orders&, OrderChanges&, const OrderAcknowledged&, const Header&);
void project(Orders&, OrderChanges&, const OrderAmended&, const Header&);
void project(Orders&, OrderChanges&, const OrderHeld&, const Header&);
void project(Orders&, OrderChanges&, const OrderReleased&, const Header&);
void project(Orders&, OrderChanges&, const OrderClosedShort&, const Header&);
void project(Orders&, OrderChanges&, const OrderCancelled&, const Header&);
void project(Orders&, OrderChanges&, const GoodsReceived&, const Header&);
void project(Orders&, OrderChanges&, const GoodsReturnedToSupplier&, const Header&);
void project(Orders&, OrderChanges&, const BillMatched&, const Header&);

// billing.cpp
void project(Rows<BillLineRow>&, const BillMatched&, const Header&);
void project(Rows<ExceptionRow>&, const MatchExceptionRaised&, const Header&);
void project(Rows<ExceptionRow>&, const MatchExceptionResolved&, const Header&);

}  // namespace daybook::purchasing
