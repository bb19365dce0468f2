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

void change_items(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    const SettledItems& settled,
    const Change& change
) {
    for (const SettledItem* item : settled) {
        const Id document = read(item->document());
        const ItemPartyRow* owner = parties.find(document, item->part());
        DAYBOOK_ASSERT(owner != nullptr);
        change_item(rows.at(owner->party, document, item->part()), *item, change);
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
    const EntryPosted& event,
    const EventHeader& header
) {
    if (event.items() == nullptr) return;
    for (const OpenedItem* opened : *event.items()) {
        const EntryLine* line = event.lines()->Get(opened->line());
        const Id party = read(line->party());
        parties.put({.document = read(opened->document()), .part = opened->part(), .party = party});
        rows.put({
            .party = party,
            .document = read(opened->document()),
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
    const AllocationMade& event,
    const EventHeader& header
) {
    change_items(rows, parties, *event.items(), change_by(event, header));
}
void project(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    const AllocationUndone& event,
    const EventHeader& header
) {
    change_items(rows, parties, *event.items(), change_by(event, header));
}

void project(Rows<ItemChangeRow>& rows, const AllocationMade& event, const EventHeader& header) {
    note_changes(rows, *event.items(), change_by(event, header));
}
void project(Rows<ItemChangeRow>& rows, const AllocationUndone& event, const EventHeader& header) {
    note_changes(rows, *event.items(), change_by(event, header));
}

}  // namespace daybook::accounting
