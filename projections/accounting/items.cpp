// Open items: what was left to be settled, and every settlement and its undoing.
#include "projections/accounting/rows.hpp"

#include <algorithm>

namespace daybook::accounting {
namespace {

struct Change {
    const EventHeader& header;
    Date date;
    std::string lettering;
    std::int64_t sign;  // -1: settled; 1: open again.
};

void change_item(
    ItemTables tables, const SettledItem& settled, std::uint16_t sequence, const Change& change
) {
    const Id document = read(settled.document());
    const Money amount = change.sign < 0 ? -read(settled.amount()) : read(settled.amount());
    const std::int64_t base = change.sign * settled.base_minor();
    const ItemPartyRow* owner = tables.parties.find(document, settled.part());
    DAYBOOK_ASSERT(owner != nullptr);
    ItemRow& item = tables.items.at(owner->party, document, settled.part());
    item.open += amount;
    item.open_base_minor += base;
    const bool is_settled = item.open.is_zero() && item.open_base_minor == 0;
    item.settled_on =
        is_settled ? std::max({change.date, item.settled_on, item.accounting_date}) : Date{};
    item.settled_at = is_settled ? change.header.position() : 0;
    tables.changes.put({
        .document = document,
        .part = settled.part(),
        .position = change.header.position(),
        .sequence = sequence,
        .date = change.date,
        .amount = amount,
        .base_minor = base,
        .lettering = change.lettering,
    });
}

void change_items(
    ItemTables tables, const flatbuffers::Vector<const SettledItem*>& settled, const Change& change
) {
    std::uint16_t sequence = 0;
    for (const SettledItem* item : settled) change_item(tables, *item, sequence++, change);
}

}  // namespace

void project(
    Rows<ItemRow>& item_rows,
    Rows<ItemChangeRow>&,
    Rows<ItemPartyRow>& party_rows,
    const EntryPosted& event,
    const EventHeader& header
) {
    if (event.items() == nullptr) return;
    for (const OpenedItem* opened : *event.items()) {
        const EntryLine* line = event.lines()->Get(opened->line());
        const Id party = read(line->party());
        party_rows.put(
            {.document = read(opened->document()), .part = opened->part(), .party = party}
        );
        item_rows.put({
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
            .settled_on = {},
            .settled_at = 0,
        });
    }
}

void project(
    Rows<ItemRow>& item_rows,
    Rows<ItemChangeRow>& change_rows,
    Rows<ItemPartyRow>& party_rows,
    const AllocationMade& event,
    const EventHeader& header
) {
    const Change change{header, read(event.date()), copy(event.lettering()), -1};
    change_items({item_rows, change_rows, party_rows}, *event.items(), change);
}

void project(
    Rows<ItemRow>& item_rows,
    Rows<ItemChangeRow>& change_rows,
    Rows<ItemPartyRow>& party_rows,
    const AllocationUndone& event,
    const EventHeader& header
) {
    const Change change{header, read(event.date()), {}, 1};
    change_items({item_rows, change_rows, party_rows}, *event.items(), change);
}

}  // namespace daybook::accounting
