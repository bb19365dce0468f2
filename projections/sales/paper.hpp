// An invoice or credit note in the one shape that is counted: a credit note's amounts are negative.
// What a document posts to the totals is said here once, for the rows and for the reports.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "projections/sales/tables.hpp"

namespace daybook::sales {

struct Paper {
    PaperKind kind = PaperKind::invoice;
    Id id;
    Id party;
    Date date;
    Id source;
    std::string_view number;   // Valid as long as the event's bytes,
    std::string_view country;  // and so are these.
    std::string_view reference;
    Money net;
    Money tax;
    Money gross;
    std::int64_t rounding_micro = 0;
    const flatbuffers::Vector<const PricedLine*>* lines = nullptr;

    [[nodiscard]] bool is_credit_note() const { return kind == PaperKind::credit_note; }
};

[[nodiscard]] Paper paper_of(const InvoiceIssued& event);
[[nodiscard]] Paper paper_of(const CreditNoteIssued& event);
// None if the event is no invoice or credit note.
[[nodiscard]] std::optional<Paper> paper_of(EventBytes event);

// All of the document.
[[nodiscard]] SalesSum sum_of(const Paper& paper);
// What it sold of each item, in the order of the items.
[[nodiscard]] std::vector<std::pair<Id, SalesSum>> sums_by_item(const Paper& paper);

// What the document posts under each key of one kind of totals.
template <class Key, class Use>
void each_posting(const Paper& paper, Use&& use) {
    const Currency currency = paper.net.currency();
    if constexpr (std::is_same_v<Key, ItemKey>) {
        for (const auto& [item, sum] : sums_by_item(paper)) use(ItemKey{item, currency}, sum);
    } else if constexpr (std::is_same_v<Key, PartyKey>) {
        use(PartyKey{paper.party, currency}, sum_of(paper));
    } else if constexpr (std::is_same_v<Key, CountryKey>) {
        use(CountryKey{std::string{paper.country}, currency}, sum_of(paper));
    } else {
        use(CurrencyKey{currency}, sum_of(paper));
    }
}

}  // namespace daybook::sales
