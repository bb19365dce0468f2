// Tax codes, their rates by date, and tax returns. An entry carries the rate that it used, so a new
// rate never changes an old entry.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

Decision decide(const Books& state, const DefineTaxCode& command) {
    const Id code = read(command.tax_code());
    const Id output_account = read_or_none(command.output_account());
    const Id input_account = read_or_none(command.input_account());

    if (text(command.name()).empty()) return Refusal::text_missing;
    if (state.tax_codes.contains(code)) {
        return {Refusal::tax_code_exists, {"tax_code", to_string(code), "a code not defined yet"}};
    }
    if (command.side() == TaxSide::none) return Refusal::tax_side_missing;
    for (const Id& account : {output_account, input_account}) {
        if (account.is_none() || state.accounts.contains(account)) continue;
        return {Refusal::account_unknown, {"account", to_string(account), "an opened account"}};
    }

    return TaxCodeDefinedT{
        .tax_code = code,
        .name = copy(command.name()),
        .side = command.side(),
        .treatment = command.treatment(),
        .output_account = output_account,
        .input_account = input_account};
}

Decision decide(const Books& state, const SetTaxRate& command) {
    const Id code = read(command.tax_code());
    const Rate rate = read(command.rate());

    if (!state.tax_codes.contains(code)) {
        return {
            Refusal::tax_code_unknown,
            {"tax_code", to_string(code), "a code that DefineTaxCode made"}};
    }
    if (rate.is_negative() || rate > Rate::from_ppm(Rate::one_ppm)) {
        return {Refusal::tax_rate_out_of_range, {"rate", to_string(rate), "between 0% and 100%"}};
    }

    return TaxRateSetT{.tax_code = code, .rate = rate, .from = read(command.from())};
}

void apply(Books& state, const TaxCodeDefined& event) {
    state.tax_codes.at(read(event.tax_code())) = TaxCode{
        .side = event.side(),
        .treatment = event.treatment(),
        .output_account = read_or_none(event.output_account()),
        .input_account = read_or_none(event.input_account())};
}

void apply(Books& state, const TaxRateSet& event) {
    state.tax_rates.at({read(event.tax_code()), read(event.from())}) = read(event.rate());
}

void apply(Books& state, const TaxReturnFiled& event) {
    state.tax_returns.at(read(event.tax_return())) = Presence{};
    state.book.edit().returned_until = read(event.last());
    for (const TaxTotal* total : *event.totals()) {
        state.taxes_to_return.erase(
            {read(total->month()), read(total->tax_code()), total->side(), read(total->account())}
        );
    }
}

}  // namespace daybook::accounting
