// Payment terms, and what holds for a customer's documents unless they say otherwise.

#include <fmt/format.h>

#include "engine/domain/sales/parties.hpp"
#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

Refused instalments_refused(Refusal refusal, std::string found, std::string needed) {
    return {refusal, {"instalments", std::move(found), std::move(needed)}};
}

Refused unknown(Refusal refusal, std::string_view field, Id found) {
    return {refusal, {std::string{field}, to_string(found), "one that was defined"}};
}

}  // namespace

Decision decide(const Sales&, const DefinePaymentTerms& command) {
    const std::size_t count = command.instalments() == nullptr ? 0 : command.instalments()->size();
    if (text(command.name()).empty()) {
        return Refused{Refusal::name_missing, {"name", "none", "the name of the terms"}};
    }
    if (count == 0) {
        return instalments_refused(Refusal::instalments_missing, "none", "at least one");
    }
    if (count > instalments_max) {
        return instalments_refused(
            Refusal::too_many_instalments,
            fmt::format("{}", count),
            fmt::format("at most {}", instalments_max)
        );
    }
    PaymentTermsDefinedT event;
    event.payment_terms = read(command.payment_terms());
    event.name = copy(command.name());
    std::int64_t whole_ppm = 0;
    for (const InstalmentTerm* wanted : *command.instalments()) {
        const Rate share = read_or_none(wanted->share());
        if (share <= Rate{} || share.ppm() > Rate::one_ppm) {
            return instalments_refused(
                Refusal::instalment_not_positive, to_string(share), "more than 0%, at most 100%"
            );
        }
        whole_ppm += share.ppm();
        auto& term = event.instalments.emplace_back(std::make_unique<InstalmentTermT>());
        term->share = share;
        term->days = wanted->days();
        term->end_of_month = wanted->end_of_month();
    }
    if (whole_ppm != Rate::one_ppm) {
        return instalments_refused(
            Refusal::instalments_not_whole,
            fmt::format("{} together", to_string(Rate::from_ppm(whole_ppm))),
            "100%"
        );
    }
    return event;
}

Decision decide(const Sales& state, const SetCustomerTerms& command) {
    const Currency currency = read_or_none(command.currency());
    const Id payment_terms = read_or_none(command.payment_terms());
    const Id price_list = read_or_none(command.price_list());
    const Id tax_code = read_or_none(command.tax_code());
    const Money limit = read_or_none(command.credit_limit());
    const Judged<Id> party = party_for_document(state, read(command.party()));

    if (!party.ok()) return party.refused();
    if (currency != Currency::none && !is_known(currency)) {
        return Refused{
            Refusal::currency_unknown,
            {"currency", std::string{code_of(currency)}, "a currency of ISO 4217"}};
    }
    if (!price_list.is_none() && !state.price_lists.contains(price_list)) {
        return unknown(Refusal::price_list_unknown, "price_list", price_list);
    }
    if (!payment_terms.is_none() && !state.payment_terms.contains(payment_terms)) {
        return unknown(Refusal::payment_terms_unknown, "payment_terms", payment_terms);
    }
    if (!tax_code.is_none() && !state.tax_codes.contains(tax_code)) {
        return unknown(Refusal::tax_code_unknown, "tax_code", tax_code);
    }
    if (command.has_credit_limit() && limit.is_negative()) {
        return Refused{
            Refusal::credit_limit_negative, {"credit_limit", to_string(limit), "zero or more"}};
    }
    if (text(command.country()).size() > country_bytes_max) {
        return Refused{
            Refusal::country_too_long,
            {"country",
             fmt::format("{} bytes", text(command.country()).size()),
             fmt::format("at most {}", country_bytes_max)}};
    }

    CustomerTermsSetT event;
    event.party = party.value();
    event.currency = currency;
    event.payment_terms = payment_terms;
    event.price_list = price_list;
    event.tax_code = tax_code;
    event.country = copy(command.country());
    event.has_credit_limit = command.has_credit_limit();
    event.credit_limit = limit;
    return event;
}

void apply(Sales& state, const PaymentTermsDefined& event) {
    PaymentTerms& terms = state.payment_terms.at(read(event.payment_terms()));
    terms.instalments.clear();
    for (const InstalmentTerm* term : *event.instalments()) {
        terms.instalments.push_back({read(term->share()), term->days(), term->end_of_month()});
    }
    DAYBOOK_ASSERT(!terms.instalments.empty());
}

void apply(Sales& state, const CustomerTermsSet& event) {
    state.customer_terms.at(read(event.party())) = {
        .currency = read_or_none(event.currency()),
        .payment_terms = read_or_none(event.payment_terms()),
        .price_list = read_or_none(event.price_list()),
        .tax_code = read_or_none(event.tax_code()),
        .country = copy(event.country()),
        .has_credit_limit = event.has_credit_limit(),
        .credit_limit = read_or_none(event.credit_limit())};
}

}  // namespace daybook::sales
