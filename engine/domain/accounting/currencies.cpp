// Exchange rates by the day on which they were published: a day without one takes the last before.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

void apply(Books& state, const ExchangeRatePublished& event) {
    state.exchange_rates.at({read(event.currency()), read(event.date())}) = read(event.rate());
}

}  // namespace daybook::accounting
