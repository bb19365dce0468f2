// Open items: what was left to be settled, and every settlement and its undoing.
#include <algorithm>

#include "projections/accounting/rows.hpp"

namespace daybook::accounting {
namespace {

using SettledItems = flatbuffers::Vector<const SettledItem*>;

struct Change {
    const EventHeader& header;
    Date date;
    std::string lettering;
    std::int64_t sign;  // -1: settled; 1: open again.

    [[nodiscard]] Money amount_of(const SettledItem& item) const {
        return sign < 0 ? -read(item.amount()) : read(item.amount());
    }
    [[nodiscard]] std::int64_t base_of(const SettledItem& item) const {
        return sign * item.base_minor();
    }
};

Change change_by(const AllocationMade& event, const EventHeader& header) {
    return {header, read(event.accounting_date()), copy(event.lettering()), -1};
}

Change change_by(const AllocationUndone& event, const EventHeader& header) {
    return {header, read(event.accounting_date()), {}, 1};
}

void change_item(ItemRow& item, const SettledItem& settled, const Change& change) {
    item.open += change.amount_of(settled);
    item.open_base_minor += change.base_of(settled);
    const bool is_settled = item.open.is_zero() && item.open_base_minor == 0;
    const Date day = std::max({change.date, item.changed_on, item.accounting_date});
    item.changed_on = day;
    item.settled_on = is_settled ? day : Date{};
    item.settled_at = is_settled ? change.header.position() : 0;
}

Id party_of(Rows<ItemPartyRow>& parties, const SettledItem& item) {
    const ItemPartyRow* row = parties.find(read(item.document()), item.part());
    DAYBOOK_ASSERT(row != nullptr);
    return row->party;
}

struct ItemTables {
    Rows<ItemRow>& items;
    Rows<ItemPartyRow>& parties;
    Rows<OpenItemRow>& open;
};

void change_items(const ItemTables& tables, const SettledItems& settled, const Change& change) {
    for (const SettledItem* item : settled) {
        const Id party = party_of(tables.parties, *item);
        ItemRow& row = tables.items.at(party, read(item->document()), item->part());
        change_item(row, *item, change);
        if (row.settled_on.is_none()) {
            tables.open.put({.party = party, .document = row.document, .part = row.part});
        } else {
            tables.open.erase(party, row.document, row.part);
        }
    }
}

struct ChangeIndexes {
    Rows<ItemPartyRow>& parties;
    Rows<ItemChangeDayRow>& by_day;
    Rows<ItemChangePositionRow>& by_position;
};

void index_changes(const ChangeIndexes& tables, const SettledItems& settled, const Change& change) {
    std::uint16_t sequence = 0;
    for (const SettledItem* item : settled) {
        const ItemChangePositionRow place{
            .position = change.header.position(),
            .sequence = sequence++,
            .party = party_of(tables.parties, *item),
            .document = read(item->document()),
            .part = item->part()};
        tables.by_position.put(place);
        tables.by_day.put(
            {.date = change.date,
             .position = place.position,
             .sequence = place.sequence,
             .party = place.party,
             .document = place.document,
             .part = place.part}
        );
    }
}

void note_changes(Rows<ItemChangeRow>& rows, const SettledItems& settled, const Change& change) {
    std::uint16_t sequence = 0;
    for (const SettledItem* item : settled) {
        rows.put({
            .document = read(item->document()),
            .part = item->part(),
            .position = change.header.position(),
            .sequence = sequence++,
            .date = change.date,
            .amount = change.amount_of(*item),
            .base_minor = change.base_of(*item),
            .lettering = change.lettering,
        });
    }
}

}  // namespace

void project(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    Rows<OpenItemRow>& open,
    const EntryPosted& event,
    const EventHeader& header
) {
    if (event.items() == nullptr) return;
    for (const OpenedItem* opened : *event.items()) {
        const EntryLine* line = event.lines()->Get(opened->line());
        const Id party = read(line->party());
        const Id document = read(opened->document());
        parties.put({.document = document, .part = opened->part(), .party = party});
        open.put({.party = party, .document = document, .part = opened->part()});
        rows.put({
            .party = party,
            .document = document,
            .part = opened->part(),
            .account = read(line->account()),
            .accounting_date = read(event.accounting_date()),
            .due = read(opened->due()),
            .position = header.position(),
            .amount = read(line->amount()),
            .base_minor = line->base_minor(),
            .open = read(line->amount()),
            .open_base_minor = line->base_minor(),
        });
    }
}

void project(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    Rows<OpenItemRow>& open,
    const AllocationMade& event,
    const EventHeader& header
) {
    change_items({rows, parties, open}, *event.items(), change_by(event, header));
}
void project(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    Rows<OpenItemRow>& open,
    const AllocationUndone& event,
    const EventHeader& header
) {
    change_items({rows, parties, open}, *event.items(), change_by(event, header));
}

void project(
    Rows<ItemPartyRow>& parties,
    Rows<ItemChangeDayRow>& by_day,
    Rows<ItemChangePositionRow>& by_position,
    const AllocationMade& event,
    const EventHeader& header
) {
    index_changes({parties, by_day, by_position}, *event.items(), change_by(event, header));
}
void project(
    Rows<ItemPartyRow>& parties,
    Rows<ItemChangeDayRow>& by_day,
    Rows<ItemChangePositionRow>& by_position,
    const AllocationUndone& event,
    const EventHeader& header
) {
    index_changes({parties, by_day, by_position}, *event.items(), change_by(event, header));
}

void project(Rows<ItemChangeRow>& rows, const AllocationMade& event, const EventHeader& header) {
    note_changes(rows, *event.items(), change_by(event, header));
}
void project(Rows<ItemChangeRow>& rows, const AllocationUndone& event, const EventHeader& header) {
    note_changes(rows, *event.items(), change_by(event, header));
}

}  // namespace daybook::accounting
