// Journal entries: the only way in which an account moves.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {
namespace {

// Entries that a document of another module caused are taken back by that document.
bool is_kept(EntryKind kind) {
    return kind != EntryKind::invoice && kind != EntryKind::credit_note &&
           kind != EntryKind::reversal && kind != EntryKind::tax_return;
}

template <class T>
std::uint16_t keep(std::string& bytes, const flatbuffers::Vector<const T*>* structs) {
    if (structs == nullptr) return 0;
    bytes.append(reinterpret_cast<const char*>(structs->Data()), structs->size() * sizeof(T));
    return static_cast<std::uint16_t>(structs->size());
}

KeptEntry kept(const EntryPosted& event) {
    KeptEntry entry{.kind = event.kind(), .journal = read(event.journal())};
    const std::size_t tags =
        (event.taxes() == nullptr ? 0 : event.taxes()->size()) * sizeof(TaxTag);
    entry.bytes.reserve(event.lines()->size() * sizeof(EntryLine) + tags);
    entry.line_count = keep(entry.bytes, event.lines());
    entry.item_count = keep(entry.bytes, event.items());
    entry.tax_count = keep(entry.bytes, event.taxes());
    entry.dimension_count = keep(entry.bytes, event.dimensions());
    return entry;
}

}  // namespace

void apply(Books& state, const EntryPosted& event) {
    std::uint32_t& number = state.numbers.at({read(event.journal()), read(event.year())});
    DAYBOOK_ASSERT(event.number() == number + 1);
    number = event.number();

    if (event.items() != nullptr) {
        for (const OpenedItem* opened : *event.items()) {
            const EntryLine& line = *event.lines()->Get(opened->line());
            OpenItem& item = state.items.at({read(opened->document()), opened->part()});
            DAYBOOK_ASSERT(item.account.is_none());
            item.account = read(line.account());
            item.party = read(line.party());
            item.open = read(line.amount());
            item.base_minor = line.base_minor();
        }
    }
    if (event.taxes() != nullptr) {
        const Date date = read(event.date());
        const Date month = Date::of(date.year(), date.month(), 1);
        for (const TaxTag* tag : *event.taxes()) {
            const Id account = tag->tax_minor() == 0
                                   ? Id{}
                                   : read(event.lines()->Get(tag->line())->account());
            TaxSum& sum =
                state.taxes_to_return.at({month, read(tag->tax_code()), tag->side(), account});
            sum.base_minor += tag->base_minor();
            sum.tax_minor += tag->tax_minor();
        }
    }
    if (is_kept(event.kind())) state.entries.at(read(event.entry())) = kept(event);
}

void apply(Books& state, const EntryReversed& event) {
    KeptEntry& entry = state.entries.at(read(event.entry()));
    DAYBOOK_ASSERT(!entry.is_reversed);
    entry.is_reversed = true;
    entry.bytes = {};
}

}  // namespace daybook::accounting
