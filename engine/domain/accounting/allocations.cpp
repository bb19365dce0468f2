// Open items and what settles them: items of one party are set against each other, and can be
// opened again. The carrying rule for exchange differences is here and nowhere else.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

void apply(Books& state, const AllocationMade& event) {
    const Id id = read(event.allocation());
    Allocation allocation{.party = read(event.party()), .entry = read_or_none(event.entry()), .is_final = event.is_final()};
    for (const SettledItem* settled : *event.items()) {
        const ItemKey key{read(settled->document()), settled->part()};
        const Money amount = read(settled->amount());
        OpenItem& item = state.items.at(key);
        item.open -= amount;
        item.base_minor -= settled->base_minor();
        item.allocations.push_back(id);
        DAYBOOK_ASSERT(!item.open.is_zero() || item.base_minor == 0);
        allocation.items.push_back({key, amount, settled->base_minor()});
    }
    state.allocations.at(id) = std::move(allocation);
    ++state.book.edit().letterings;
}

void apply(Books& state, const AllocationUndone& event) {
    const Id id = read(event.allocation());
    for (const SettledItem* settled : *event.items()) {
        OpenItem& item = state.items.at({read(settled->document()), settled->part()});
        item.open += read(settled->amount());
        item.base_minor += settled->base_minor();
        std::erase(item.allocations, id);
    }
    Allocation& allocation = state.allocations.at(id);
    DAYBOOK_ASSERT(!allocation.is_undone);
    allocation.is_undone = true;
    allocation.items.clear();
}

void apply(Books&, const BadDebtWrittenOff&) {}

}  // namespace daybook::accounting
