// What an event changes of the stock, said once: for the rows, and for the reports that read events
// between what the rows know and what they are asked for.
#pragma once

#include <vector>

#include "projections/inventory/tables.hpp"

namespace daybook::inventory {

struct StockChange {
    CardKind kind = CardKind::moved;
    MoveReason reason = MoveReason::none;
    std::uint16_t line = 0;
    Id item;
    Id posting_group;
    Id warehouse;
    Id location;
    Id lot;
    Id scope;
    Date date;             // On which the quantity counts.
    Date accounting_date;  // On which the value counts.
    Quantity quantity;
    Money value;
    Money allowance;
    bool is_in = false;  // Its value belongs to what came in, even when it is negative.
    Id movement;
    Id source;
    Id party;
    std::uint64_t sequence = 0;
    std::uint64_t original = 0;
    std::uint16_t source_line = 0;
    bool is_provisional = false;
};
using StockChanges = std::vector<StockChange>;

[[nodiscard]] StockChanges changes_of(const StockMoved& event);
[[nodiscard]] StockChanges changes_of(const StockRevalued& event);
[[nodiscard]] StockChanges changes_of(const CostRestated& event);
[[nodiscard]] StockChanges changes_of(const StockWrittenDown& event);
// None of an event that changes no stock.
[[nodiscard]] StockChanges changes_of(EventBytes event);

// What a change posts under each key of one kind of totals: `use` takes key, day and sum.
template <class Use>
void each_place(const StockChange& change, Use&& use) {
    if (change.quantity.is_zero()) return;
    const OnHandKey key{change.item, change.warehouse, change.location, change.lot};
    use(key, change.date, PlaceSum{change.quantity});
}
template <class Use>
void each_pool(const StockChange& change, Use&& use) {
    const ValueKey key{change.item, change.scope};
    const bool has_value = !change.value.is_zero() || !change.allowance.is_zero();
    PoolSum value{.value = change.value, .allowance = change.allowance};
    if (change.date == change.accounting_date) value.quantity = change.quantity;
    if (has_value || !value.quantity.is_zero()) use(key, change.accounting_date, value);
    if (change.date != change.accounting_date && !change.quantity.is_zero()) {
        use(key, change.date, PoolSum{.quantity = change.quantity});
    }
}
[[nodiscard]] FlowSum quantity_flow(const StockChange& change);
[[nodiscard]] FlowSum value_flow(const StockChange& change);
template <class Use>
void each_flow(const StockChange& change, Use&& use) {
    const FlowKey key{change.item, change.reason};
    FlowSum value = value_flow(change);
    const FlowSum quantity = quantity_flow(change);
    if (change.date == change.accounting_date) {
        two_time_detail::add_to(value, quantity);
    } else if (!change.quantity.is_zero()) {
        use(key, change.date, quantity);
    }
    use(key, change.accounting_date, value);
}
template <class Use>
void each_group(const StockChange& change, Use&& use) {
    if (change.value.is_zero()) return;
    use(GroupValueKey{change.scope, change.posting_group},
        change.accounting_date,
        GroupSum{change.value});
}
[[nodiscard]] bool is_arrival(const StockChange& change);
template <class Use>
void each_arrival(const StockChange& change, Use&& use) {
    if (!is_arrival(change)) return;
    use(ArrivalKey{change.item, change.lot}, change.date, PlaceSum{change.quantity});
}

}  // namespace daybook::inventory
