// Suppliers' bills and credit notes. The same number of the same supplier is never booked twice.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

void apply(Books& state, const BillRecorded& event) {
    const Id number = id_from_text(to_string(read(event.party())) + "|" + copy(event.number()));
    state.bill_numbers.at(number) = Presence{};
}

}  // namespace daybook::accounting
