// Items, places and lots as they stand now.

#include "projections/inventory/rows.hpp"

namespace daybook::inventory {

void project(Rows<ItemRow>& rows, const StockItemDefined& event) {
    rows.put({
        .item = read(event.item()),
        .name = copy(event.name()),
        .kind = event.kind(),
        .unit = read(event.unit()),
        .group = read_or_none(event.group()),
        .posting_group = read(event.posting_group()),
        .tracking = event.tracking(),
        .template_item = read_or_none(event.template_()),
        .shelf_life_days = event.shelf_life_days(),
        .weight = read(event.weight()),
        .volume = read(event.volume()),
        .is_active = event.is_active(),
    });
}

void project(Rows<LocationRow>& rows, const LocationDefined& event) {
    rows.put({
        .location = read(event.location()),
        .name = copy(event.name()),
        .kind = event.kind(),
        .parent = read_or_none(event.parent()),
        .warehouse = read(event.warehouse()),
        .is_active = event.is_active(),
    });
}

void project(Rows<LotRow>& rows, const LotRegistered& event) {
    LotRow& row = rows.at(read(event.item()), read(event.lot()));
    row.expiry = read_or_none(event.expiry());
    row.supplier_lot = copy(event.supplier_lot());
}

void project(Rows<LotRow>& rows, const LotQuarantined& event) {
    rows.at(read(event.item()), read(event.lot())).is_quarantined = true;
}

void project(Rows<LotRow>& rows, const LotReleased& event) {
    rows.at(read(event.item()), read(event.lot())).is_quarantined = false;
}

void project(Rows<RulesRow>& rows, const StockRulesSet& event) {
    RulesRow& row = rows.at(read_or_none(event.group()));
    row.allows_negative = event.allows_negative();
    row.receipts_first = event.receipts_first();
    row.ever_allowed_negative = row.ever_allowed_negative || event.allows_negative();
}

}  // namespace daybook::inventory
