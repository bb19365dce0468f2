// Exchange rates by the day on which they were published: a day without one takes the last before.

#include "engine/domain/accounting/rules.hpp"

namespace daybook::accounting {

Decision decide(const Books& state, const PublishExchangeRate& command, const Context& context) {
    const Currency currency = read(command.currency());
    const ExchangeRate rate = read(command.rate());

    if (Decision no = check_book(state); no.is_refused()) return no;
    if (!is_known(currency)) return Refusal::currency_unknown;
    if (rate.micro() <= 0) {
        return {Refusal::rate_must_be_positive, {"rate", to_string(rate), "more than zero"}};
    }
    if (currency == state.book.get().base) {
        return {
            Refusal::rate_for_base_currency,
            {"currency", std::string{code_of(currency)}, "another currency than the book's"}};
    }

    const Date date = date_or_today(command.date(), context);
    if (Decision no = check_day(date); no.is_refused()) return no;

    return ExchangeRatePublishedT{.currency = currency, .rate = rate, .date = date};
}

void apply(Books& state, const ExchangeRatePublished& event) {
    state.exchange_rates.at({read(event.currency()), read(event.date())}) = read(event.rate());
}

}  // namespace daybook::accounting
