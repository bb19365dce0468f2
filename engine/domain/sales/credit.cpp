// How much a party owes and has ordered, and whether more is within its credit limit.

#include "engine/domain/sales/credit.hpp"

#include <fmt/format.h>

#include "engine/domain/sales/parties.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

// What the settled items say about invoices and credit notes of ours; a payment's own side is not
// ours. An invoice set against a credit note changes nothing: both sides are.
template <class Event>
void settle(Sales& state, const Event& event, bool is_undone) {
    for (const accounting::SettledItem* item : *event.items()) {
        const Document* document = state.documents.find(read(item->document()));
        if (document == nullptr) continue;
        const Money amount = read(item->amount());
        add_to_receivables(state, document->party, is_undone ? amount : -amount);
    }
}

}  // namespace

Wide exposure_minor(const Sales& state, Id party, Currency currency) {
    Wide sum = 0;
    for (const Id& member : merged_with(state, party)) {
        const Exposure exposure = state.exposures.get({member, currency});
        sum += static_cast<Wide>(exposure.orders.minor()) + exposure.receivables.minor();
    }
    return sum;
}

Judged<Nothing> check_credit(const Sales& state, Id party, Money more) {
    for (const Id& member : merged_with(state, party)) {
        const Exposure exposure = state.exposures.get({member, more.currency()});
        if (can_add(exposure.orders, more) && can_add(exposure.receivables, more)) continue;
        return Refused{
            Refusal::amount_too_large, {"party", "open amounts beyond 64 bits", "smaller amounts"}};
    }
    const CustomerTerms terms = state.customer_terms.get(party);
    if (!terms.has_credit_limit || more.minor() <= 0) return Nothing{};
    if (!terms.credit_limit.same_currency(more)) {
        return Refused{
            Refusal::credit_limit_currency_differs,
            {"currency",
             std::string{code_of(more.currency())},
             fmt::format(
                 "{}, the currency of the credit limit", code_of(terms.credit_limit.currency())
             )}};
    }
    const Wide after = exposure_minor(state, party, more.currency()) + more.minor();
    if (after > terms.credit_limit.minor()) {
        const Money found =
            fits_64(after) ? Money::from_minor(narrow(after), more.currency()) : more;
        return Refused{
            Refusal::credit_limit_exceeded,
            {"lines",
             fmt::format("{} open and ordered with this", to_string(found)),
             fmt::format("at most {}", to_string(terms.credit_limit))}};
    }
    return Nothing{};
}

void add_to_orders(Sales& state, Id party, Money change) {
    if (change.is_zero()) return;
    state.exposures.at({party, change.currency()}).orders += change;
}

void add_to_receivables(Sales& state, Id party, Money change) {
    if (change.is_zero()) return;
    state.exposures.at({party, change.currency()}).receivables += change;
}

void listen(Sales& state, const accounting::AllocationMade& event) {
    settle(state, event, false);
}
void listen(Sales& state, const accounting::AllocationUndone& event) {
    settle(state, event, true);
}

}  // namespace daybook::sales
