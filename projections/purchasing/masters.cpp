// The rules, items, suppliers and proposals as they stand now.

#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {

void project(Rows<PolicyRow>& rows, const PurchasingPolicySet& event) {
    rows.put({
        .policy = id_from_code("all"),
        .over_delivery = read(event.over_delivery()),
        .under_delivery = read(event.under_delivery()),
        .bill_quantity = read(event.bill_quantity()),
        .bill_price = read(event.bill_price()),
        .bill_price_max = read(event.bill_price_max()),
        .order_free_up_to = read(event.order_free_up_to()),
        .bill_control = event.bill_control(),
    });
}

void project(Rows<LimitRow>& rows, const ApprovalLimitSet& event) {
    rows.put({.holder = read(event.holder()), .limit = read(event.limit())});
}

void project(Rows<ApproverRow>& rows, const ApproverRoleGranted& event) {
    rows.put({.actor = read(event.actor()), .role = read(event.role()), .is_granted = true});
}
void project(Rows<ApproverRow>& rows, const ApproverRoleRevoked& event) {
    rows.put({.actor = read(event.actor()), .role = read(event.role()), .is_granted = false});
}

void project(Rows<ItemRow>& rows, const PurchaseItemDefined& event) {
    rows.put({
        .item = read(event.item()),
        .name = copy(event.name()),
        .kind = event.kind(),
        .posting_group = read(event.posting_group()),
        .tax_code = read_or_none(event.tax_code()),
        .is_active = event.is_active(),
    });
}

void project(Rows<SupplierRow>& rows, const SupplierTermsSet& event) {
    SupplierRow& row = rows.at(read(event.supplier()));
    row.currency = read_or_none(event.currency());
    row.tax_code = read_or_none(event.tax_code());
    row.due_days = event.due_days();
    row.due_end_of_month = event.due_end_of_month();
    row.bill_control = event.bill_control();
}
void project(Rows<SupplierRow>& rows, const crm::PartyRegistered& event) {
    rows.at(read(event.party())).name = copy(event.name());
}
void project(Rows<SupplierRow>& rows, const crm::PartyAmended& event) {
    if (text(event.name()).empty()) return;
    rows.at(read(event.party())).name = copy(event.name());
}

void project(Rows<SourceRow>& rows, const ItemSourceSet& event) {
    rows.put({
        .item = read(event.item()),
        .supplier = read(event.supplier()),
        .supplier_code = copy(event.supplier_code()),
        .lead_days = event.lead_days(),
        .minimum_quantity = read(event.minimum_quantity()),
        .multiple = read(event.multiple()),
        .rank = event.rank(),
        .is_active = event.is_active(),
    });
}

void project(Rows<PriceRow>& rows, const SupplierPriceSet& event) {
    const UnitPrice price = read(event.price());
    const Quantity from = read(event.from_quantity());
    rows.put({
        .supplier = read(event.supplier()),
        .item = read(event.item()),
        .currency = price.currency(),
        .valid_from = read(event.valid_from()),
        .from_milli = from.milli(),
        .from_quantity = from,
        .price = price,
        .valid_until = read_or_none(event.valid_until()),
    });
}

void project(Rows<ReorderRuleRow>& rows, const ReorderRuleSet& event) {
    rows.put({
        .item = read(event.item()),
        .warehouse = read(event.warehouse()),
        .reorder_point = read(event.reorder_point()),
        .maximum = read(event.maximum()),
        .is_active = event.is_active(),
    });
}

void project(Rows<ProposalLineRow>& rows, const ReorderProposed& event, const EventHeader& header) {
    std::uint16_t number = 0;
    for (const ProposedLine* line : *event.lines()) {
        rows.put({
            .proposal = read(event.proposal()),
            .line = ++number,
            .date = read(event.date()),
            .item = read(line->item()),
            .warehouse = read(line->warehouse()),
            .supplier = read(line->supplier()),
            .quantity = read(line->quantity()),
            .price = read(line->price()),
            .on_hand = read(line->on_hand()),
            .reserved = read(line->reserved()),
            .on_order = read(line->on_order()),
            .under_way = read(line->under_way()),
            .reorder_point = read(line->reorder_point()),
            .maximum = read(line->maximum()),
            .expected = read(line->expected()),
            .position = header.position(),
        });
    }
}
void project(Rows<ProposalLineRow>& rows, const ProposalOrdered& event, const EventHeader& header) {
    for (const std::uint16_t number : *event.lines()) {
        ProposalLineRow& row = rows.at(read(event.proposal()), number);
        row.is_ordered = true;
        row.ordered_position = header.position();
    }
}

}  // namespace daybook::purchasing
