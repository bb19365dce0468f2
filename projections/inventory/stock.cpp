// Every change of the stock: a row of its item's card, and its part of the totals.

#include "projections/inventory/changes.hpp"
#include "projections/inventory/rows.hpp"

namespace daybook::inventory {
namespace {

CardRow card_row(const StockChange& change, std::uint64_t position) {
    return {
        .item = change.item,
        .day = change.accounting_date,
        .position = position,
        .line = change.line,
        .kind = change.kind,
        .reason = change.reason,
        .date = change.date,
        .accounting_date = change.accounting_date,
        .movement = change.movement,
        .source = change.source,
        .party = change.party,
        .warehouse = change.warehouse,
        .location = change.location,
        .lot = change.lot,
        .scope = change.scope,
        .quantity = change.quantity,
        .value = change.value,
        .sequence = change.sequence,
        .original = change.original,
        .source_line = change.source_line,
        .is_provisional = change.is_provisional,
    };
}

template <class Key, class Sum, unsigned bits>
auto posting_to(
    Rows<TotalsRow<Key, Sum, bits>>& rows,
    Rows<PastTotalsRow<Key, Sum, bits>>& past,
    std::uint64_t position
) {
    return [&rows, &past, position](const Key& key, Date day, const Sum& sum) {
        const PostingPlace<Key> place{.key = key, .effective = day, .position = position};
        add_posting(rows, past, place, sum);
    };
}

void post_card(StockRows& rows, const StockChange& change, std::uint64_t position) {
    CardRow row = card_row(change, position);
    const bool has_quantity = !change.quantity.is_zero();
    const Date quantity_day = has_quantity ? change.date : change.accounting_date;
    if (change.date != change.accounting_date && has_quantity) {
        CardRow apart = row;
        apart.quantity = {};
        rows.card_rows.put(apart);
        row.value = {};
    }
    row.day = quantity_day;
    rows.card_rows.put(row);
    rows.known_rows.put({position, change.line, change.item, quantity_day});
    if (!change.lot.is_none() && has_quantity) {
        rows.lot_card_rows.put({change.item, change.lot, quantity_day, position, change.line});
    }
    if (change.kind == CardKind::moved) {
        rows.lines_rows.put({change.sequence, change.item, quantity_day, position, change.line});
    }
}

}  // namespace

void post(StockRows rows, const StockChanges& changes, const EventHeader& header) {
    const std::uint64_t position = header.position();
    for (const StockChange& change : changes) {
        DAYBOOK_ASSERT(!change.date.is_none() && !change.accounting_date.is_none());
        post_card(rows, change, position);
        each_place(change, posting_to(rows.places_rows, rows.past_places_rows, position));
        each_pool(change, posting_to(rows.pools_rows, rows.past_pools_rows, position));
        each_flow(change, posting_to(rows.flows_rows, rows.past_flows_rows, position));
        each_group(change, posting_to(rows.groups_rows, rows.past_groups_rows, position));
        each_arrival(change, posting_to(rows.arrivals_rows, rows.past_arrivals_rows, position));
    }
}

}  // namespace daybook::inventory
