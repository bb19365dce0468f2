// The inventory module's table of contents: every command and every event.

#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {

static void apply(Stock&, const LotRegistered&) {}
static void apply(Stock&, const LotQuarantined&) {}
static void apply(Stock&, const LotReleased&) {}
static void apply(Stock&, const ValuationPolicySet&) {}
static void apply(Stock&, const StockRulesSet&) {}
static void apply(Stock&, const StandardCostSet&) {}
static void apply(Stock&, const StockMoved&) {}
static void apply(Stock&, const StockRevalued&) {}
static void apply(Stock&, const CostRestated&) {}
static void apply(Stock&, const TransferSent&) {}
static void apply(Stock&, const CountStarted&) {}
static void apply(Stock&, const StockCounted&) {}
static void apply(Stock&, const CountApproved&) {}
static void apply(Stock&, const CountCancelled&) {}
static void apply(Stock&, const StockReserved&) {}
static void apply(Stock&, const ReservationPicked&) {}
static void apply(Stock&, const ReservationReleased&) {}
static void apply(Stock&, const ReservationExpired&) {}
static void apply(Stock&, const ReservationUsed&) {}
static void apply(Stock&, const StockWrittenDown&) {}

extern constinit const Module module = module_of<
    Stock,
    Commands<CommandTraits, DefineStockItem, DefineLocation>,
    Events<
        EventTraits,
        StockItemDefined,
        LocationDefined,
        LotRegistered,
        LotQuarantined,
        LotReleased,
        ValuationPolicySet,
        StockRulesSet,
        StandardCostSet,
        StockMoved,
        StockRevalued,
        CostRestated,
        TransferSent,
        CountStarted,
        StockCounted,
        CountApproved,
        CountCancelled,
        StockReserved,
        ReservationPicked,
        ReservationReleased,
        ReservationExpired,
        ReservationUsed,
        StockWrittenDown>>();

}  // namespace daybook::inventory
