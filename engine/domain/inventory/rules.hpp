// Every rule of the module by name: what each file decides, applies and listens to.
#pragma once

#include "engine/domain/inventory/stock.hpp"
#include "schemas/accounting.hpp"
#include "schemas/purchasing.hpp"
#include "schemas/sales.hpp"

namespace daybook::inventory {

// items.cpp
Decision decide(const Stock&, const DefineStockItem&);
void apply(Stock&, const StockItemDefined&);

// places.cpp
Decision decide(const Stock&, const DefineLocation&);
void apply(Stock&, const LocationDefined&);

// lots.cpp
Decision decide(const Stock&, const RegisterLot&);
Decision decide(const Stock&, const QuarantineLot&, const Context&);
Decision decide(const Stock&, const ReleaseLot&, const Context&);
void apply(Stock&, const LotRegistered&);
void apply(Stock&, const LotQuarantined&);
void apply(Stock&, const LotReleased&);

// policies.cpp
Decision decide(const Stock&, const SetValuationPolicy&, const Context&);
Decision decide(const Stock&, const SetStockRules&);
void apply(Stock&, const ValuationPolicySet&);
void apply(Stock&, const StockRulesSet&);

// movements.cpp
Decision decide(const Stock&, const ReceiveStock&, const Context&);
Decision decide(const Stock&, const IssueStock&, const Context&);
Decision decide(const Stock&, const ScrapStock&, const Context&);
Decision decide(const Stock&, const AdjustStock&, const Context&);
Decision decide(const Stock&, const RepackStock&, const Context&);

// transfers.cpp
Decision decide(const Stock&, const TransferStock&, const Context&);
Decision decide(const Stock&, const SendTransfer&, const Context&);
Decision decide(const Stock&, const ReceiveTransfer&, const Context&);
Decision decide(const Stock&, const CloseTransfer&, const Context&);
void apply(Stock&, const TransferSent&);

// returns.cpp
Decision decide(const Stock&, const ReturnStock&, const Context&);
Decision decide(const Stock&, const ReverseMovement&, const Context&);

// counts.cpp
Decision decide(const Stock&, const StartCount&, const Context&);
Decision decide(const Stock&, const RecordCount&);
Decision decide(const Stock&, const ApproveCount&, const Context&);
Decision decide(const Stock&, const CancelCount&);
void apply(Stock&, const CountStarted&);
void apply(Stock&, const StockCounted&);
void apply(Stock&, const CountApproved&);
void apply(Stock&, const CountCancelled&);

// reservations.cpp
Decision decide(const Stock&, const ReserveStock&, const Context&);
Decision decide(const Stock&, const PickReservation&, const Context&);
Decision decide(const Stock&, const ReleaseReservation&, const Context&);
Decision decide(const Stock&, const ExpireReservation&, const Context&);
void apply(Stock&, const StockReserved&);
void apply(Stock&, const ReservationPicked&);
void apply(Stock&, const ReservationReleased&);
void apply(Stock&, const ReservationExpired&);
void apply(Stock&, const ReservationUsed&);

// costs.cpp
Decision decide(const Stock&, const SetStandardCost&, const Context&);
Decision decide(const Stock&, const AllocateLandedCost&, const Context&);
Decision decide(const Stock&, const WriteDownStock&, const Context&);
void apply(Stock&, const StandardCostSet&);
void apply(Stock&, const StockRevalued&);
void apply(Stock&, const StockWrittenDown&);

// applying.cpp
void apply(Stock&, const StockMoved&);
void apply(Stock&, const CostRestated&);

// closing.cpp
void listen(Stock&, const accounting::BookConfigured&);
void listen(Stock&, const accounting::FiscalYearOpened&);
void listen(Stock&, const accounting::PeriodSoftClosed&);
void listen(Stock&, const accounting::PeriodClosed&);
void listen(Stock&, const accounting::PeriodReopened&);
void listen(Stock&, const accounting::FiscalYearClosed&);
void listen(Stock&, const accounting::FiscalYearReopened&);

// reactions.cpp
Decision react(const Stock&, const sales::GoodsDelivered&, const Context&);
Decision react(const Stock&, const sales::GoodsReturned&, const Context&);
Decision react(const Stock&, const purchasing::GoodsReceived&, const Context&);
Decision react(const Stock&, const purchasing::GoodsReturnedToSupplier&, const Context&);
Decision react(const Stock&, const purchasing::BillMatched&, const Context&);

}  // namespace daybook::inventory
