// The projection of inventory: which tables hear of which events, its reports and its checks.

#include "projections/inventory/reports.hpp"
#include "projections/inventory/rows.hpp"

namespace daybook::inventory {
namespace {

constexpr ReportOption on_hand_options[]{
    {"by", ValueType::text, "In how much detail", false, "item, warehouse, location, lot"},
    {"item", ValueType::id, "Only this item", false, {}, "inventory.items"},
    {"warehouse", ValueType::id, "Only this warehouse", false, {}, "inventory.locations"},
    {"all", ValueType::boolean, "Also what there is nothing of"},
};
constexpr ReportOption ledger_options[]{
    {"item", ValueType::id, "Whose movements", true, {}, "inventory.items"},
    {"from", ValueType::date, "On or after this day, behind what was brought forward"},
};
constexpr ReportOption summary_options[]{
    {"from", ValueType::date, "On or after this day"},
    {"item", ValueType::id, "Only this item", false, {}, "inventory.items"},
    {"by", ValueType::text, "By what", false, "item, reason"},
};
constexpr ReportOption ageing_options[]{
    {"item", ValueType::id, "Only this item", false, {}, "inventory.items"},
    {"in", ValueType::text, "What stands in the columns of days", false, "quantity, value"},
};
constexpr ReportOption item_options[]{
    {"item", ValueType::id, "Only this item", false, {}, "inventory.items"},
};
constexpr ReportOption expiring_options[]{
    {"days", ValueType::integer, "Within so many days; by default 30"},
    {"item", ValueType::id, "Only this item", false, {}, "inventory.items"},
};
constexpr ReportOption trace_options[]{
    {"item", ValueType::id, "The lot's item", true, {}, "inventory.items"},
    {"lot", ValueType::id, "The lot", true},
    {"direction", ValueType::text, "To suppliers or to customers", false, "up, down"},
};
constexpr ReportOption profit_options[]{
    {"by", ValueType::text, "By what", false, "invoice, item, customer"},
    {"from", ValueType::date, "On or after this day"},
    {"item", ValueType::id, "Only this item", false, {}, "inventory.items"},
    {"party", ValueType::id, "Only this customer", false, {}, "crm.parties"},
    {"top", ValueType::integer, "Only so many items or customers, the most profitable first"},
};
constexpr ReportOption changed_options[]{
    {"from", ValueType::text, "What was known at this position, or at the end of this day", true},
    {"to", ValueType::text, "And at this one; by default now"},
    {"item", ValueType::id, "Only this item", false, {}, "inventory.items"},
};

constexpr Report reports[]{
    {"stock-on-hand",
     "Stock on hand",
     "Quantity and value of each item, by warehouse, place or lot.",
     on_hand_options,
     &run_on_hand,
     &explain_place},
    {"stock-ledger",
     "Stock ledger",
     "Every movement of an item with its cost, and what was on hand after it.",
     ledger_options,
     &run_stock_ledger,
     &explain_card},
    {"stock-movements",
     "Stock movements",
     "What there was, what came in, what went out and what is left.",
     summary_options,
     &run_summary,
     &explain_summary},
    {"stock-ageing",
     "Age of stock",
     "Goods on hand by the days since they came in from outside or were made.",
     ageing_options,
     &run_ageing,
     &explain_item},
    {"stock-projected",
     "Projected stock",
     "On hand and ordered, less what is reserved.",
     item_options,
     &run_projected,
     &explain_projected},
    {"stock-to-reorder",
     "Items to reorder",
     "Items that fall to their reorder point with all that is on the way.",
     item_options,
     &run_reorder,
     &explain_reorder},
    {"negative-stock",
     "Negative stock",
     "Places that gave more than they had.",
     item_options,
     &run_negative,
     &explain_place},
    {"expiring-lots",
     "Expiring lots",
     "Lots on hand that expire soon, or have expired.",
     expiring_options,
     &run_expiring,
     &explain_place},
    {"lot-trace",
     "Trace of a lot",
     "Where a lot came from, or where it and what was made of it went.",
     trace_options,
     &run_lot_trace,
     &explain_trace},
    {"gross-profit",
     "Gross profit",
     "Sales less the cost of their own issues, by invoice, item or customer.",
     profit_options,
     &run_gross_profit,
     &explain_gross_profit},
    {"stock-proof",
     "Stock and ledger",
     "The value of the stock beside the balance of each stock account.",
     {},
     &run_proof,
     &explain_proof},
    {"what-changed",
     "What changed",
     "How stock values, costs of sales and their accounts changed, and by what.",
     changed_options,
     &run_what_changed,
     &explain_what_changed},
};

constexpr RowCheck checks[]{
    {"stock-is-its-accounts", &check_accounts},
    {"stock-is-its-movements", &check_movements},
    {"reserved-is-on-hand", &check_reservations},
    {"short-stock-is-allowed", &check_shortages},
};

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<items, Events<EventTraits, StockItemDefined>>(),
        projection_of<locations, Events<EventTraits, LocationDefined>>(),
        projection_of<lots, Events<EventTraits, LotRegistered, LotQuarantined, LotReleased>>(),
        projection_of<stock_rules, Events<EventTraits, StockRulesSet>>(),
        projection_of<
            StockTables,
            Events<EventTraits, StockMoved, StockRevalued, CostRestated, StockWrittenDown>>(),
        projection_of<
            ExpectedTables,
            Events<
                EventTraits,
                StockReserved,
                ReservationPicked,
                ReservationReleased,
                ReservationExpired,
                ReservationUsed,
                StockMoved>,
            Events<
                purchasing::EventTraits,
                purchasing::OrderPlaced,
                purchasing::OrderApproved,
                purchasing::OrderRejected,
                purchasing::OrderAmended,
                purchasing::OrderClosedShort,
                purchasing::OrderCancelled,
                purchasing::GoodsReceived,
                purchasing::GoodsReturnedToSupplier>>(),
        projection_of<
            MarginTables,
            Events<EventTraits, StockMoved, StockRevalued, CostRestated>,
            Events<
                sales::EventTraits,
                sales::GoodsDelivered,
                sales::GoodsReturned,
                sales::InvoiceIssued,
                sales::CreditNoteIssued>,
            Events<accounting::EventTraits, accounting::BookConfigured>>(),
        projection_of<
            Tables<stock_accounts, goods_accounts>,
            Events<accounting::EventTraits, accounting::AccountAssigned>>(),
        projection_of<AccountTables, Events<accounting::EventTraits, accounting::EntryPosted>>(),
        projection_of<
            party_names,
            Events<crm::EventTraits, crm::PartyRegistered, crm::PartyAmended>>(),
        projection_of<reorder_rules, Events<purchasing::EventTraits, purchasing::ReorderRuleSet>>()
    )
        .with(std::span<const Report>{reports})
        .with(std::span<const RowCheck>{checks});

}  // namespace daybook::inventory
