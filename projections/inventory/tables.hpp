// The tables of inventory: what there is and where it may lie, every change of an item's quantity
// and cost in the order of days, and the totals that the reports add up.
//
// A quantity counts on the day of its movement, a value on its accounting date: so the value of any
// day, as known at any position, is what the ledger's stock accounts show.
#pragma once

#include "projections/core/projection.hpp"
#include "projections/core/two_time.hpp"
#include "schemas/inventory.hpp"

namespace daybook::inventory {

struct ItemRow {
    Id item;
    std::string name;
    ItemKind kind = ItemKind::none;
    Id unit;
    Id group;
    Id posting_group;
    Tracking tracking = Tracking::none;
    Id template_item;  // Of which it is a variant.
    std::uint32_t shelf_life_days = 0;
    Quantity weight;
    Quantity volume;
    bool is_active = false;
};
struct LocationRow {
    Id location;
    std::string name;
    LocationKind kind = LocationKind::none;
    Id parent;
    Id warehouse;
    bool is_active = false;
};
struct LotRow {
    Id item;
    Id lot;
    Date expiry;
    std::string supplier_lot;
    bool is_quarantined = false;
};

// What a group's goods may do. Without a group: those of all groups without rules of their own.
struct RulesRow {
    Id group;
    bool allows_negative = false;
    bool receipts_first = false;
    bool ever_allowed_negative = false;
};

enum class CardKind : std::uint8_t { moved, revalued, restated, written_down };
[[nodiscard]] const char* name_of(CardKind kind);
// One change of an item's quantity or value, on the day on which it counts. A movement whose
// accounting date is another day has two rows: its quantity on the one, its value on the other.
struct CardRow {
    Id item;
    Date day;
    std::uint64_t position = 0;
    std::uint16_t line = 0;  // Of the event, from 1.
    CardKind kind = CardKind::moved;
    MoveReason reason = MoveReason::none;
    Date date;             // Of the movement; of a restatement, the day of the issues.
    Date accounting_date;  // Of its value.
    Id movement;           // The document of the event.
    Id source;             // The delivery, receipt, bill ... behind it.
    Id party;
    Id warehouse;
    Id location;
    Id lot;
    Id scope;
    Quantity quantity;
    Money value;
    std::uint64_t sequence = 0;
    std::uint64_t original = 0;
    std::uint16_t source_line = 0;
    bool is_provisional = false;
};
// The same rows in the order in which they became known.
struct KnownRow {
    std::uint64_t position = 0;
    std::uint16_t line = 0;
    Id item;
    Date day;
};
// The rows of a lot.
struct LotCardRow {
    Id item;
    Id lot;
    Date day;
    std::uint64_t position = 0;
    std::uint16_t line = 0;
};
// A line of a movement by its number, for what refers to it.
struct LineRow {
    std::uint64_t sequence = 0;
    Id item;
    Date date;
    std::uint64_t position = 0;
    std::uint16_t line = 0;
};

struct OnHandKey {
    Id item;
    Id warehouse;
    Id location;
    Id lot;
};
struct PlaceSum {
    Quantity quantity;
};
// What is valued together: an item's goods in the company (no scope), a warehouse or a lot.
struct ValueKey {
    Id item;
    Id scope;
};
struct PoolSum {
    Quantity quantity;
    Money value;      // At cost.
    Money allowance;  // What was written down of it.
};
struct FlowKey {
    Id item;
    MoveReason reason = MoveReason::none;
};
struct FlowSum {
    Quantity quantity_in;
    Quantity quantity_out;
    Money value_in;
    Money value_out;
    Money value_changed;  // Of what neither came nor went: revaluations, true-ups, landed cost.
};
// What accounting finds a stock account by.
struct GroupValueKey {
    Id scope;
    Id posting_group;
};
struct GroupSum {
    Money value;
};
// What is still to come of an item to a warehouse, and what is held there for somebody.
struct ExpectedKey {
    Id item;
    Id warehouse;  // None: the order names none.
};
struct ExpectedSum {
    Quantity ordered;
    Quantity reserved;
    Quantity under_way;  // With transfers from elsewhere.
};
// A line of a purchase order as far as it is still expected.
struct ExpectedLineRow {
    Id order;
    std::uint16_t line = 0;  // From 1.
    Id item;
    Id warehouse;
    Date expected;
    Quantity ordered;
    Quantity received;  // Accepted, and not sent back to be replaced.
    Quantity open;      // What the totals have of it.
};
struct ExpectedOrderRow {
    Id order;
    bool is_open = false;  // Approved, and not closed or cancelled.
    std::uint16_t line_count = 0;
};
struct ReservationRow {
    Id reservation;
    Id item;
    Id location;
    Id warehouse;
    Id lot;
    Id order;
    Date date;
    Date expires;
    Quantity quantity;
    Quantity open;
    bool is_picked = false;
};
// What each event changed of it, in the order in which it became known, and by item.
struct ExpectedChangeRow {
    std::uint64_t position = 0;
    std::uint16_t line = 0;
    Id item;
    Id warehouse;
    Date day;
    Quantity ordered;
    Quantity reserved;
    Quantity under_way;
};
struct ExpectedDayRow {
    Id item;
    Date day;
    std::uint64_t position = 0;
};
// What was sold and what it cost: a document's lines in base currency, what was delivered of them,
// and the cost of each delivered line, which later facts may restate.
struct BookRow {
    std::uint8_t one = 0;  // The only row.
    Currency base_currency = Currency::none;
};
struct PartyNameRow {
    Id party;
    std::string name;
};
struct SoldDocumentRow {
    Date date;
    std::uint64_t position = 0;
    Id document;
    std::string number;
    Id party;
    std::uint16_t line_count = 0;
    bool is_convertible = false;  // False: in a currency whose rate the document does not say.
};
struct SoldLineRow {
    Id document;
    std::uint16_t line = 0;  // From 1.
    Id item;
    Quantity quantity;  // Negative where it is credited.
    Money net;          // In base currency; likewise.
    Id order;           // Of whose deliveries it is the price; none: of a delivery alone.
    std::uint16_t order_line = 0;
    Id delivery;
    std::uint16_t delivery_line = 0;
    Id goods_return;
    bool is_goods = false;
};
struct DeliveredLineRow {
    Id delivery;
    std::uint16_t line = 0;
    Id item;
    Quantity quantity;
};
struct ReturnedLineRow {
    Id goods_return;
    std::uint16_t line = 0;
    std::uint16_t delivery_line = 0;
    std::uint16_t order_line = 0;
    Quantity quantity;
};
// What is delivered, or invoiced, of a document's line, in the order of days.
struct PartRow {
    Id document;
    std::uint16_t line = 0;
    Date date;
    std::uint64_t position = 0;
    std::uint16_t part_line = 0;  // Of the delivery, or invoice,
    Id part;                      // which this is.
    Quantity quantity;
};
// The cost of what a delivery's or return's line moved, and each change of it.
struct IssueCostRow {
    Id source;
    std::uint16_t source_line = 0;
    std::uint64_t position = 0;
    std::uint32_t sequence = 0;  // Among those of the event.
    Date accounting_date;
    Money cost;
};
struct MarginKey {
    Id party;
    Id item;
};
struct MarginSum {
    Quantity quantity;
    Money net;
    Money cost;
};
// What an event posted to the margins.
struct MarginChangeRow {
    std::uint64_t position = 0;
    std::uint32_t sequence = 0;
    Id party;
    Id item;
    Date day;
    Quantity quantity;
    Money net;
    Money cost;
};
struct MarginDayRow {
    Id item;
    Id party;
    Date day;
    std::uint64_t position = 0;
};
// The accounts that follow the stock, and what the ledger has on them.
struct StockAccountRow {
    Id key;  // A pool's scope, a posting group, or none: what has no account of its own.
    Id account;
};
struct GoodsAccountRow {
    Id account;
    bool is_stock = false;  // Else what takes the other side: cost of sales, scrap, variances.
};
struct AccountKey {
    Id account;
};
struct AccountSum {
    Money balance;  // Debits less credits.
};
struct AccountChangeRow {
    std::uint64_t position = 0;
    std::uint16_t line = 0;
    Id account;
    Date day;
    Money amount;
    Id source;
};
struct AccountDayRow {
    Id account;
    Date day;
    std::uint64_t position = 0;
};
struct ReorderRuleRow {
    Id item;
    Id warehouse;
    Quantity reorder_point;
    Quantity maximum;
    bool is_active = false;
    std::uint64_t position = 0;
};
// What came in from outside, or was made: what the age of stock is counted from.
struct ArrivalKey {
    Id item;
    Id lot;
};

inline constexpr auto items = table<ItemRow>(
    "items",
    key("item", &ItemRow::item),
    column("name", &ItemRow::name),
    column("kind", &ItemRow::kind, &EnumNameItemKind),
    column("unit", &ItemRow::unit),
    column("group", &ItemRow::group),
    column("posting_group", &ItemRow::posting_group),
    column("tracking", &ItemRow::tracking, &EnumNameTracking),
    column("template", &ItemRow::template_item),
    column("shelf_life_days", &ItemRow::shelf_life_days),
    column("weight", &ItemRow::weight),
    column("volume", &ItemRow::volume),
    column("is_active", &ItemRow::is_active)
);
inline constexpr auto locations = table<LocationRow>(
    "locations",
    key("location", &LocationRow::location),
    column("name", &LocationRow::name),
    column("kind", &LocationRow::kind, &EnumNameLocationKind),
    column("parent", &LocationRow::parent),
    column("warehouse", &LocationRow::warehouse),
    column("is_active", &LocationRow::is_active)
);
inline constexpr auto lots = table<LotRow>(
    "lots",
    key("item", &LotRow::item),
    key("lot", &LotRow::lot),
    column("expiry", &LotRow::expiry),
    column("supplier_lot", &LotRow::supplier_lot),
    column("is_quarantined", &LotRow::is_quarantined)
);
inline constexpr auto stock_rules = table<RulesRow>(
    "stock_rules",
    key("group", &RulesRow::group),
    column("allows_negative", &RulesRow::allows_negative),
    column("receipts_first", &RulesRow::receipts_first),
    column("ever_allowed_negative", &RulesRow::ever_allowed_negative)
);
inline constexpr auto card = table<CardRow>(
    "card",
    key("item", &CardRow::item),
    key("day", &CardRow::day),
    key("position", &CardRow::position),
    key("line", &CardRow::line),
    column("kind", &CardRow::kind, &name_of),
    column("reason", &CardRow::reason, &EnumNameMoveReason),
    column("date", &CardRow::date),
    column("accounting_date", &CardRow::accounting_date),
    column("movement", &CardRow::movement),
    column("source", &CardRow::source),
    column("party", &CardRow::party),
    column("warehouse", &CardRow::warehouse),
    column("location", &CardRow::location),
    column("lot", &CardRow::lot),
    column("scope", &CardRow::scope),
    column("quantity", &CardRow::quantity),
    column("value", &CardRow::value),
    column("sequence", &CardRow::sequence),
    column("original", &CardRow::original),
    column("source_line", &CardRow::source_line),
    column("is_provisional", &CardRow::is_provisional)
);
inline constexpr auto known_changes = table<KnownRow>(
    "known_changes",
    key("position", &KnownRow::position),
    key("line", &KnownRow::line),
    column("item", &KnownRow::item),
    column("day", &KnownRow::day)
);
inline constexpr auto lot_card = table<LotCardRow>(
    "lot_card",
    key("item", &LotCardRow::item),
    key("lot", &LotCardRow::lot),
    key("day", &LotCardRow::day),
    key("position", &LotCardRow::position),
    key("line", &LotCardRow::line)
);
inline constexpr auto numbered = table<LineRow>(
    "numbered",
    key("sequence", &LineRow::sequence),
    column("item", &LineRow::item),
    column("date", &LineRow::date),
    column("position", &LineRow::position),
    column("line", &LineRow::line)
);

inline constexpr auto places = totals_table<OnHandKey, PlaceSum>(
    "places",
    key("item", &OnHandKey::item),
    key("warehouse", &OnHandKey::warehouse),
    key("location", &OnHandKey::location),
    key("lot", &OnHandKey::lot),
    column("quantity", &PlaceSum::quantity)
);
inline constexpr auto past_places = past_totals_table<OnHandKey, PlaceSum>(
    "past_places",
    key("item", &OnHandKey::item),
    key("warehouse", &OnHandKey::warehouse),
    key("location", &OnHandKey::location),
    key("lot", &OnHandKey::lot),
    column("quantity", &PlaceSum::quantity)
);
inline constexpr auto pools = totals_table<ValueKey, PoolSum>(
    "pools",
    key("item", &ValueKey::item),
    key("scope", &ValueKey::scope),
    column("quantity", &PoolSum::quantity),
    column("value", &PoolSum::value),
    column("allowance", &PoolSum::allowance)
);
inline constexpr auto past_pools = past_totals_table<ValueKey, PoolSum>(
    "past_pools",
    key("item", &ValueKey::item),
    key("scope", &ValueKey::scope),
    column("quantity", &PoolSum::quantity),
    column("value", &PoolSum::value),
    column("allowance", &PoolSum::allowance)
);
inline constexpr auto flows = totals_table<FlowKey, FlowSum>(
    "flows",
    key("item", &FlowKey::item),
    key("reason", &FlowKey::reason),
    column("quantity_in", &FlowSum::quantity_in),
    column("quantity_out", &FlowSum::quantity_out),
    column("value_in", &FlowSum::value_in),
    column("value_out", &FlowSum::value_out),
    column("value_changed", &FlowSum::value_changed)
);
inline constexpr auto past_flows = past_totals_table<FlowKey, FlowSum>(
    "past_flows",
    key("item", &FlowKey::item),
    key("reason", &FlowKey::reason),
    column("quantity_in", &FlowSum::quantity_in),
    column("quantity_out", &FlowSum::quantity_out),
    column("value_in", &FlowSum::value_in),
    column("value_out", &FlowSum::value_out),
    column("value_changed", &FlowSum::value_changed)
);
inline constexpr auto group_values = totals_table<GroupValueKey, GroupSum>(
    "group_values",
    key("scope", &GroupValueKey::scope),
    key("posting_group", &GroupValueKey::posting_group),
    column("value", &GroupSum::value)
);
inline constexpr auto past_group_values = past_totals_table<GroupValueKey, GroupSum>(
    "past_group_values",
    key("scope", &GroupValueKey::scope),
    key("posting_group", &GroupValueKey::posting_group),
    column("value", &GroupSum::value)
);
inline constexpr auto arrivals = totals_table<ArrivalKey, PlaceSum>(
    "arrivals",
    key("item", &ArrivalKey::item),
    key("lot", &ArrivalKey::lot),
    column("quantity", &PlaceSum::quantity)
);
inline constexpr auto past_arrivals = past_totals_table<ArrivalKey, PlaceSum>(
    "past_arrivals",
    key("item", &ArrivalKey::item),
    key("lot", &ArrivalKey::lot),
    column("quantity", &PlaceSum::quantity)
);
inline constexpr auto expected = totals_table<ExpectedKey, ExpectedSum>(
    "expected",
    key("item", &ExpectedKey::item),
    key("warehouse", &ExpectedKey::warehouse),
    column("ordered", &ExpectedSum::ordered),
    column("reserved", &ExpectedSum::reserved),
    column("under_way", &ExpectedSum::under_way)
);
inline constexpr auto past_expected = past_totals_table<ExpectedKey, ExpectedSum>(
    "past_expected",
    key("item", &ExpectedKey::item),
    key("warehouse", &ExpectedKey::warehouse),
    column("ordered", &ExpectedSum::ordered),
    column("reserved", &ExpectedSum::reserved),
    column("under_way", &ExpectedSum::under_way)
);
inline constexpr auto expected_lines = table<ExpectedLineRow>(
    "expected_lines",
    key("order", &ExpectedLineRow::order),
    key("line", &ExpectedLineRow::line),
    column("item", &ExpectedLineRow::item),
    column("warehouse", &ExpectedLineRow::warehouse),
    column("expected", &ExpectedLineRow::expected),
    column("ordered", &ExpectedLineRow::ordered),
    column("received", &ExpectedLineRow::received),
    column("open", &ExpectedLineRow::open)
);
inline constexpr auto expected_orders = table<ExpectedOrderRow>(
    "expected_orders",
    key("order", &ExpectedOrderRow::order),
    column("is_open", &ExpectedOrderRow::is_open),
    column("line_count", &ExpectedOrderRow::line_count)
);
inline constexpr auto reservations = table<ReservationRow>(
    "reservations",
    key("reservation", &ReservationRow::reservation),
    column("item", &ReservationRow::item),
    column("location", &ReservationRow::location),
    column("warehouse", &ReservationRow::warehouse),
    column("lot", &ReservationRow::lot),
    column("order", &ReservationRow::order),
    column("date", &ReservationRow::date),
    column("expires", &ReservationRow::expires),
    column("quantity", &ReservationRow::quantity),
    column("open", &ReservationRow::open),
    column("is_picked", &ReservationRow::is_picked)
);
inline constexpr auto expected_changes = table<ExpectedChangeRow>(
    "expected_changes",
    key("position", &ExpectedChangeRow::position),
    key("line", &ExpectedChangeRow::line),
    column("item", &ExpectedChangeRow::item),
    column("warehouse", &ExpectedChangeRow::warehouse),
    column("day", &ExpectedChangeRow::day),
    column("ordered", &ExpectedChangeRow::ordered),
    column("reserved", &ExpectedChangeRow::reserved),
    column("under_way", &ExpectedChangeRow::under_way)
);
inline constexpr auto expected_days = table<ExpectedDayRow>(
    "expected_days",
    key("item", &ExpectedDayRow::item),
    key("day", &ExpectedDayRow::day),
    key("position", &ExpectedDayRow::position)
);
inline constexpr auto reorder_rules = table<ReorderRuleRow>(
    "reorder_rules",
    key("item", &ReorderRuleRow::item),
    key("warehouse", &ReorderRuleRow::warehouse),
    column("reorder_point", &ReorderRuleRow::reorder_point),
    column("maximum", &ReorderRuleRow::maximum),
    column("is_active", &ReorderRuleRow::is_active),
    column("position", &ReorderRuleRow::position)
);
inline constexpr auto book = table<BookRow>(
    "book", key("one", &BookRow::one), column("base_currency", &BookRow::base_currency)
);
inline constexpr auto party_names = table<PartyNameRow>(
    "party_names", key("party", &PartyNameRow::party), column("name", &PartyNameRow::name)
);
inline constexpr auto sold_documents = table<SoldDocumentRow>(
    "sold_documents",
    key("date", &SoldDocumentRow::date),
    key("position", &SoldDocumentRow::position),
    column("document", &SoldDocumentRow::document),
    column("number", &SoldDocumentRow::number),
    column("party", &SoldDocumentRow::party),
    column("line_count", &SoldDocumentRow::line_count),
    column("is_convertible", &SoldDocumentRow::is_convertible)
);
inline constexpr auto sold_lines = table<SoldLineRow>(
    "sold_lines",
    key("document", &SoldLineRow::document),
    key("line", &SoldLineRow::line),
    column("item", &SoldLineRow::item),
    column("quantity", &SoldLineRow::quantity),
    column("net", &SoldLineRow::net),
    column("order", &SoldLineRow::order),
    column("order_line", &SoldLineRow::order_line),
    column("delivery", &SoldLineRow::delivery),
    column("delivery_line", &SoldLineRow::delivery_line),
    column("goods_return", &SoldLineRow::goods_return),
    column("is_goods", &SoldLineRow::is_goods)
);
inline constexpr auto delivered_lines = table<DeliveredLineRow>(
    "delivered_lines",
    key("delivery", &DeliveredLineRow::delivery),
    key("line", &DeliveredLineRow::line),
    column("item", &DeliveredLineRow::item),
    column("quantity", &DeliveredLineRow::quantity)
);
inline constexpr auto returned_lines = table<ReturnedLineRow>(
    "returned_lines",
    key("goods_return", &ReturnedLineRow::goods_return),
    key("line", &ReturnedLineRow::line),
    column("delivery_line", &ReturnedLineRow::delivery_line),
    column("order_line", &ReturnedLineRow::order_line),
    column("quantity", &ReturnedLineRow::quantity)
);
constexpr auto parts_table(std::string_view name) {
    return table<PartRow>(
        name,
        key("document", &PartRow::document),
        key("line", &PartRow::line),
        key("date", &PartRow::date),
        key("position", &PartRow::position),
        key("part_line", &PartRow::part_line),
        column("part", &PartRow::part),
        column("quantity", &PartRow::quantity)
    );
}
inline constexpr auto delivered_of_orders = parts_table("delivered_of_orders");
inline constexpr auto invoiced_of_orders = parts_table("invoiced_of_orders");
inline constexpr auto invoiced_of_deliveries = parts_table("invoiced_of_deliveries");
inline constexpr auto issue_costs = table<IssueCostRow>(
    "issue_costs",
    key("source", &IssueCostRow::source),
    key("source_line", &IssueCostRow::source_line),
    key("position", &IssueCostRow::position),
    key("sequence", &IssueCostRow::sequence),
    column("accounting_date", &IssueCostRow::accounting_date),
    column("cost", &IssueCostRow::cost)
);
inline constexpr auto margins = totals_table<MarginKey, MarginSum>(
    "margins",
    key("party", &MarginKey::party),
    key("item", &MarginKey::item),
    column("quantity", &MarginSum::quantity),
    column("net", &MarginSum::net),
    column("cost", &MarginSum::cost)
);
inline constexpr auto past_margins = past_totals_table<MarginKey, MarginSum>(
    "past_margins",
    key("party", &MarginKey::party),
    key("item", &MarginKey::item),
    column("quantity", &MarginSum::quantity),
    column("net", &MarginSum::net),
    column("cost", &MarginSum::cost)
);
inline constexpr auto margin_changes = table<MarginChangeRow>(
    "margin_changes",
    key("position", &MarginChangeRow::position),
    key("sequence", &MarginChangeRow::sequence),
    column("party", &MarginChangeRow::party),
    column("item", &MarginChangeRow::item),
    column("day", &MarginChangeRow::day),
    column("quantity", &MarginChangeRow::quantity),
    column("net", &MarginChangeRow::net),
    column("cost", &MarginChangeRow::cost)
);
inline constexpr auto margin_days = table<MarginDayRow>(
    "margin_days",
    key("item", &MarginDayRow::item),
    key("party", &MarginDayRow::party),
    key("day", &MarginDayRow::day),
    key("position", &MarginDayRow::position)
);

inline constexpr auto stock_accounts = table<StockAccountRow>(
    "stock_accounts",
    key("key", &StockAccountRow::key),
    column("account", &StockAccountRow::account)
);
inline constexpr auto goods_accounts = table<GoodsAccountRow>(
    "goods_accounts",
    key("account", &GoodsAccountRow::account),
    column("is_stock", &GoodsAccountRow::is_stock)
);
inline constexpr auto account_values = totals_table<AccountKey, AccountSum>(
    "account_values", key("account", &AccountKey::account), column("balance", &AccountSum::balance)
);
inline constexpr auto past_account_values = past_totals_table<AccountKey, AccountSum>(
    "past_account_values",
    key("account", &AccountKey::account),
    column("balance", &AccountSum::balance)
);
inline constexpr auto account_changes = table<AccountChangeRow>(
    "account_changes",
    key("position", &AccountChangeRow::position),
    key("line", &AccountChangeRow::line),
    column("account", &AccountChangeRow::account),
    column("day", &AccountChangeRow::day),
    column("amount", &AccountChangeRow::amount),
    column("source", &AccountChangeRow::source)
);
inline constexpr auto account_days = table<AccountDayRow>(
    "account_days",
    key("account", &AccountDayRow::account),
    key("day", &AccountDayRow::day),
    key("position", &AccountDayRow::position)
);

}  // namespace daybook::inventory
