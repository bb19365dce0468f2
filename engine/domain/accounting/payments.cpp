// Money received and made, with its fees, discounts and small differences.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

void apply(Books& state, const PaymentRecorded& event) {
    state.payments.at(read(event.payment())) =
        Payment{
        .party = read(event.party()),
        .direction = event.direction(),
        .settled = read(event.settled())};
}

void apply(Books& state, const PaymentReversed& event) {
    Payment& payment = state.payments.at(read(event.payment()));
    DAYBOOK_ASSERT(!payment.is_reversed);
    payment.is_reversed = true;
}

}  // namespace daybook::accounting
