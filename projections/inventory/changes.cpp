// What an event changes of the stock.

#include "projections/inventory/changes.hpp"

namespace daybook::inventory {

StockChanges changes_of(const StockMoved& event) {
    StockChanges changes;
    changes.reserve(event.lines()->size());
    std::uint16_t number = 0;
    for (const StockLine* line : *event.lines()) {
        const Quantity quantity = read(line->quantity());
        changes.push_back({
            .kind = CardKind::moved,
            .reason = line->reason(),
            .line = ++number,
            .item = read(line->item()),
            .posting_group = read(line->posting_group()),
            .warehouse = read(line->warehouse()),
            .location = read(line->location()),
            .lot = read(line->lot()),
            .scope = read(line->scope()),
            .date = read(event.date()),
            .accounting_date = read(event.accounting_date()),
            .quantity = quantity,
            .value = read(line->value()),
            .is_in = quantity > Quantity{},
            .movement = read(event.movement()),
            .source = read_or_none(event.source()),
            .party = read_or_none(event.party()),
            .sequence = line->sequence(),
            .original = line->original(),
            .source_line = line->source_line(),
            .is_provisional = line->is_provisional(),
        });
    }
    return changes;
}

StockChanges changes_of(const StockRevalued& event) {
    StockChanges changes;
    std::uint16_t number = 0;
    for (const RevaluedLine* line : *event.lines()) {
        changes.push_back({
            .kind = CardKind::revalued,
            .reason = line->reason(),
            .line = ++number,
            .item = read(line->item()),
            .posting_group = read(line->posting_group()),
            .warehouse = read(line->warehouse()),
            .scope = read(line->scope()),
            .date = read(event.date()),
            .accounting_date = read(event.accounting_date()),
            .value = read(line->to_stock()),
            .movement = read(event.revaluation()),
            .source = read_or_none(event.source()),
            .sequence = line->sequence(),
            .original = line->receipt(),
        });
    }
    return changes;
}

// A cost is negative where the line is about goods that came in at the cost of an issue.
StockChanges changes_of(const CostRestated& event) {
    StockChanges changes;
    std::uint16_t number = 0;
    for (const RestatedLine* line : *event.lines()) {
        const Money old_cost = read(line->old_cost());
        const Money new_cost = read(line->new_cost());
        changes.push_back({
            .kind = CardKind::restated,
            .reason = line->reason(),
            .line = ++number,
            .item = read(line->item()),
            .posting_group = read(line->posting_group()),
            .warehouse = read(line->warehouse()),
            .scope = read(line->scope()),
            .date = read(line->day()),
            .accounting_date = read(line->accounting_date()),
            .value = old_cost - new_cost,
            .is_in = old_cost.is_negative() || new_cost.is_negative(),
            .movement = read(event.restatement()),
            .source = read(event.cause()),
        });
    }
    return changes;
}

StockChanges changes_of(const StockWrittenDown& event) {
    StockChange change;
    change.kind = CardKind::written_down;
    change.line = 1;
    change.item = read(event.item());
    change.posting_group = read(event.posting_group());
    change.warehouse = read_or_none(event.warehouse());
    change.scope = read_or_none(event.scope());
    change.date = read(event.date());
    change.accounting_date = read(event.accounting_date());
    change.allowance = read(event.new_allowance()) - read(event.old_allowance());
    change.movement = read(event.write_down());
    return {change};
}

StockChanges changes_of(EventBytes event) {
    static const auto code = flatbuffers::ReadScalar<std::uint32_t>(EventRecordIdentifier());
    if (header_of(event).module_() != code) return {};
    const auto* record = flatbuffers::GetRoot<EventRecord>(payload_of(event).data());
    if (const auto* moved = record->event_as_StockMoved()) return changes_of(*moved);
    if (const auto* revalued = record->event_as_StockRevalued()) return changes_of(*revalued);
    if (const auto* restated = record->event_as_CostRestated()) return changes_of(*restated);
    if (const auto* written = record->event_as_StockWrittenDown()) return changes_of(*written);
    return {};
}

FlowSum quantity_flow(const StockChange& change) {
    FlowSum sum;
    if (change.quantity > Quantity{}) sum.quantity_in = change.quantity;
    if (change.quantity < Quantity{}) sum.quantity_out = -change.quantity;
    return sum;
}

// What was restated of an issue belongs to what went out.
FlowSum value_flow(const StockChange& change) {
    using enum MoveReason;
    FlowSum sum;
    const bool is_of_goods = change.kind == CardKind::moved && !change.quantity.is_zero();
    const bool is_other = change.reason == true_up || change.reason == landed_cost ||
                          change.reason == price_variance || change.reason == cost_variance ||
                          change.reason == revaluation;
    if (is_of_goods || (change.kind == CardKind::restated && !is_other)) {
        if (change.is_in) sum.value_in = change.value;
        if (!change.is_in) sum.value_out = -change.value;
    } else {
        sum.value_changed = change.value;
    }
    return sum;
}

bool is_arrival(const StockChange& change) {
    using enum MoveReason;
    if (change.quantity <= Quantity{}) return false;
    return change.reason == opening || change.reason == purchase_receipt ||
           change.reason == count_gain || change.reason == repack ||
           change.reason == production_receipt;
}

const char* name_of(CardKind kind) {
    switch (kind) {
        case CardKind::moved: return "moved";
        case CardKind::revalued: return "revalued";
        case CardKind::restated: return "restated";
        case CardKind::written_down: return "written_down";
    }
    return "";
}

}  // namespace daybook::inventory
