// Every table of inventory by the events that change it.
#pragma once

#include <concepts>
#include <tuple>
#include <utility>

#include "projections/inventory/changes.hpp"
#include "projections/inventory/tables.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/purchasing.hpp"
#include "schemas/sales.hpp"

namespace daybook::inventory {

// masters.cpp
void project(Rows<ItemRow>& rows, const StockItemDefined& event);
void project(Rows<LocationRow>& rows, const LocationDefined& event);
void project(Rows<LotRow>& rows, const LotRegistered& event);
void project(Rows<LotRow>& rows, const LotQuarantined& event);
void project(Rows<LotRow>& rows, const LotReleased& event);
void project(Rows<RulesRow>& rows, const StockRulesSet& event);

// stock.cpp: what StockMoved, StockRevalued, CostRestated and StockWrittenDown change.
template <const auto& table>
using RowsOf = Rows<typename SchemaOf<table>::Row>;
struct StockRows {
    RowsOf<card>& card_rows;
    RowsOf<known_changes>& known_rows;
    RowsOf<lot_card>& lot_card_rows;
    RowsOf<numbered>& lines_rows;
    RowsOf<places>& places_rows;
    RowsOf<past_places>& past_places_rows;
    RowsOf<pools>& pools_rows;
    RowsOf<past_pools>& past_pools_rows;
    RowsOf<flows>& flows_rows;
    RowsOf<past_flows>& past_flows_rows;
    RowsOf<group_values>& groups_rows;
    RowsOf<past_group_values>& past_groups_rows;
    RowsOf<arrivals>& arrivals_rows;
    RowsOf<past_arrivals>& past_arrivals_rows;
};
using StockTables = Tables<
    card,
    known_changes,
    lot_card,
    numbered,
    places,
    past_places,
    pools,
    past_pools,
    flows,
    past_flows,
    group_values,
    past_group_values,
    arrivals,
    past_arrivals>;
void post(StockRows rows, const StockChanges& changes, const EventHeader& header);

template <class Event>
requires requires(const Event& event) {
    { changes_of(event) } -> std::same_as<StockChanges>;
}
void take(StockRows rows, const Event& event, const EventHeader& header) {
    post(rows, changes_of(event), header);
}

// promises.cpp: what is still to come, and what is held for somebody.
using ExpectedTables = Tables<
    expected,
    past_expected,
    expected_changes,
    expected_days,
    expected_lines,
    expected_orders,
    reservations,
    locations>;
struct ExpectedRows {
    RowsOf<expected>& totals;
    RowsOf<past_expected>& past_totals;
    RowsOf<expected_changes>& changes;
    RowsOf<expected_days>& days;
    RowsOf<expected_lines>& line_rows;
    RowsOf<expected_orders>& order_rows;
    RowsOf<reservations>& reservation_rows;
    RowsOf<locations>& places;  // Only read here.
};
void take(ExpectedRows, const StockReserved&, const EventHeader&);
void take(ExpectedRows, const ReservationPicked&, const EventHeader&);
void take(ExpectedRows, const ReservationReleased&, const EventHeader&);
void take(ExpectedRows, const ReservationExpired&, const EventHeader&);
void take(ExpectedRows, const ReservationUsed&, const EventHeader&);
void take(ExpectedRows, const StockMoved&, const EventHeader&);
void take(ExpectedRows, const purchasing::OrderPlaced&, const EventHeader&);
void take(ExpectedRows, const purchasing::OrderApproved&, const EventHeader&);
void take(ExpectedRows, const purchasing::OrderRejected&, const EventHeader&);
void take(ExpectedRows, const purchasing::OrderAmended&, const EventHeader&);
void take(ExpectedRows, const purchasing::OrderClosedShort&, const EventHeader&);
void take(ExpectedRows, const purchasing::OrderCancelled&, const EventHeader&);
void take(ExpectedRows, const purchasing::GoodsReceived&, const EventHeader&);
void take(ExpectedRows, const purchasing::GoodsReturnedToSupplier&, const EventHeader&);

void project(Rows<ReorderRuleRow>&, const purchasing::ReorderRuleSet&, const EventHeader&);

// margins.cpp: what was sold and what it cost.
using MarginTables = Tables<
    card,
    numbered,
    book,
    sold_documents,
    sold_lines,
    delivered_lines,
    returned_lines,
    delivered_of_orders,
    invoiced_of_orders,
    invoiced_of_deliveries,
    issue_costs,
    margins,
    past_margins,
    margin_changes,
    margin_days>;
struct MarginRows {
    RowsOf<card>& card_rows;
    RowsOf<numbered>& numbered_rows;
    RowsOf<book>& book_rows;
    RowsOf<sold_documents>& documents;
    RowsOf<sold_lines>& sold;
    RowsOf<delivered_lines>& delivered;
    RowsOf<returned_lines>& returned;
    Rows<PartRow>& delivered_orders;
    Rows<PartRow>& invoiced_orders;
    Rows<PartRow>& invoiced_deliveries;
    RowsOf<issue_costs>& costs;
    RowsOf<margins>& totals;
    RowsOf<past_margins>& past_totals;
    RowsOf<margin_changes>& changes;
    RowsOf<margin_days>& days;
};
void take(MarginRows, const StockMoved&, const EventHeader&);
void take(MarginRows, const StockRevalued&, const EventHeader&);
void take(MarginRows, const CostRestated&, const EventHeader&);
void take(MarginRows, const sales::GoodsDelivered&, const EventHeader&);
void take(MarginRows, const sales::GoodsReturned&, const EventHeader&);
void take(MarginRows, const sales::InvoiceIssued&, const EventHeader&);
void take(MarginRows, const sales::CreditNoteIssued&, const EventHeader&);
void take(MarginRows, const accounting::BookConfigured&, const EventHeader&);

void project(Rows<PartyNameRow>& rows, const crm::PartyRegistered& event);
void project(Rows<PartyNameRow>& rows, const crm::PartyAmended& event);

// accounts.cpp: what the ledger has on the accounts that follow the stock.
void project(
    RowsOf<stock_accounts>& by_key,
    RowsOf<goods_accounts>& followed,
    const accounting::AccountAssigned& event
);
using AccountTables = Tables<
    book,
    goods_accounts,
    account_values,
    past_account_values,
    account_changes,
    account_days>;
struct AccountRows {
    RowsOf<book>& books;
    RowsOf<goods_accounts>& followed;
    RowsOf<account_values>& totals;
    RowsOf<past_account_values>& past_totals;
    RowsOf<account_changes>& changes;
    RowsOf<account_days>& days;
};
void take(AccountRows, const accounting::EntryPosted&, const EventHeader&);

// ---- A part with the rows of more than two tables takes them as one struct.

namespace part {

// Calls take() with the rows as a struct, then the event and its header, which come last.
template <class PartRows, class... All, std::size_t... Index>
auto call(std::tuple<All&...> all, std::index_sequence<Index...>) -> decltype(take(
    PartRows{std::get<Index>(all)...},
    std::get<sizeof...(Index)>(all),
    std::get<sizeof...(Index) + 1>(all)
)) {
    take(
        PartRows{std::get<Index>(all)...},
        std::get<sizeof...(Index)>(all),
        std::get<sizeof...(Index) + 1>(all)
    );
}

template <class PartRows, class... All>
concept Of = (sizeof...(All) > 4) && requires(std::tuple<All&...> all) {
    call<PartRows>(all, std::make_index_sequence<sizeof...(All) - 2>{});
};

template <class PartRows, class... All>
void call_with(All&... all) {
    call<PartRows>(std::tie(all...), std::make_index_sequence<sizeof...(All) - 2>{});
}

}  // namespace part

template <class... All>
requires part::Of<StockRows, All...>
void project(All&... all) {
    part::call_with<StockRows>(all...);
}
template <class... All>
requires part::Of<ExpectedRows, All...>
void project(All&... all) {
    part::call_with<ExpectedRows>(all...);
}
template <class... All>
requires part::Of<MarginRows, All...>
void project(All&... all) {
    part::call_with<MarginRows>(all...);
}
template <class... All>
requires part::Of<AccountRows, All...>
void project(All&... all) {
    part::call_with<AccountRows>(all...);
}

}  // namespace daybook::inventory
