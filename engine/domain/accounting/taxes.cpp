// Tax codes, their rates by date, and tax returns. An entry carries the rate that it used, so a new
// rate never changes an old entry.

#include "engine/domain/accounting/tax_part.hpp"

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

    const Rate lost = read_or_none(command.not_recoverable());
    if (lost.is_negative() || lost > Rate::from_ppm(Rate::one_ppm)) {
        return {
            Refusal::not_recoverable_out_of_range,
            {"not_recoverable", to_string(lost), "between 0% and 100%"}};
    }

    return TaxCodeDefinedT{
        .tax_code = code,
        .name = copy(command.name()),
        .side = command.side(),
        .treatment = command.treatment(),
        .output_account = output_account,
        .input_account = input_account,
        .not_recoverable = lost};
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

    if (Decision no = check_day(read(command.from())); no.is_refused()) return no;

    return TaxRateSetT{.tax_code = code, .rate = rate, .from = read(command.from())};
}

Checked<IncludedTax> included_tax(const Books& state, const TaxPart& part, Date day) {
    const auto rate = tax_rate_on(state, part.tax_code, day);
    if (rate.is_refused()) return rate.refusal();
    if (state.tax_codes.get(part.tax_code).side != part.side) {
        return {
            Refusal::tax_side_differs,
            {"tax_code",
             to_string(part.tax_code) + " is for the other side",
             std::string{"a code for "} + EnumNameTaxSide(part.side) + " tax"}};
    }
    const auto account = tax_account(state, part.tax_code, part.side);
    if (account.is_refused()) return account.refusal();
    const auto tax_in = [&](std::int64_t gross) {
        const Wide ppm = rate.value().ppm();
        return narrow(divide(gross * ppm, Rate::one_ppm + ppm, Rounding::half_up));
    };
    return IncludedTax{
        rate.value(), account.value(), tax_in(part.gross.minor()), tax_in(part.base_minor)};
}

Decision add_net_and_tax(
    const Books& state, EntryDraft& draft, const TaxPart& part, AccountRole role
) {
    const auto net_account = account_for(state, role, Id{});
    if (net_account.is_refused()) return net_account.refusal();
    const std::int64_t sign = part.side == TaxSide::output ? 1 : -1;
    const Currency currency = part.gross.currency();
    if (part.tax_code.is_none()) {
        draft.add({
            net_account.value(),
            Id{},
            Money::from_minor(sign * part.gross.minor(), currency),
            sign * part.base_minor,
        });
        return {};
    }

    const auto included = included_tax(state, part, draft.event.date);
    if (included.is_refused()) return included.refusal();
    const auto& [rate, tax_account_id, tax, tax_base] = included.value();
    const std::int64_t net_base = part.base_minor - tax_base;
    std::uint16_t line = draft.add({
        net_account.value(),
        Id{},
        Money::from_minor(sign * (part.gross.minor() - tax), currency),
        sign * net_base,
    });
    if (tax != 0) {
        line = draft.add({
            tax_account_id,
            Id{},
            Money::from_minor(sign * tax, currency),
            sign * tax_base,
        });
    }
    draft.event.taxes.emplace_back(
        wired(part.tax_code), wired(rate), -net_base, -tax_base, line, part.side
    );
    return {};
}

namespace {

struct ReturnTotals {
    std::vector<TaxTotal> totals;
    std::map<Id, std::int64_t>
        by_account;  // What its tax account holds of it; a debit is positive.
    std::int64_t due_minor = 0;
};

// What no return said yet, of the months up to the last day.
ReturnTotals collect(const Books& state, Date last) {
    ReturnTotals found;
    for (auto sum = state.taxes_to_return.begin_key(); sum != state.taxes_to_return.end(); ++sum) {
        const auto& [key, value] = *sum;
        if (key.month > last) break;
        found.totals.emplace_back(
            wired(key.tax_code),
            value.base_minor,
            value.tax_minor,
            wired(key.account),
            wired(key.month),
            key.side
        );
        if (key.account.is_none()) continue;
        const std::int64_t due = key.side == TaxSide::output ? value.tax_minor : -value.tax_minor;
        found.by_account[key.account] -= due;
        found.due_minor += due;
    }
    return found;
}

Decision post_return(
    Posting& posting, const Books& state, const ReturnTotals& found, EntryDraft draft
) {
    for (const auto& [account, held] : found.by_account) {
        if (held != 0) draft.add({account, Id{}, in_base(state, -held), -held});
    }
    if (found.due_minor != 0) {
        const bool is_due = found.due_minor > 0;
        const auto account =
            account_for(state, is_due ? AccountRole::tax_due : AccountRole::tax_credit, Id{});
        if (account.is_refused()) return account.refusal();
        draft.add({account.value(), Id{}, in_base(state, -found.due_minor), -found.due_minor});
    }
    if (draft.event.lines.empty()) return {};
    return posting.post(std::move(draft));
}

}  // namespace

Decision decide(const Books& state, const FileTaxReturn& command, const Context& context) {
    const Id id = read(command.tax_return());
    const Date last = read(command.last());
    const Date date = date_or_today(command.date(), context);

    const auto journal = journal_for(state, JournalKind::general, Id{});
    if (journal.is_refused()) return journal.refusal();
    if (Decision no = check_day(last); no.is_refused()) return no;
    if (Decision no = check_day(date); no.is_refused()) return no;
    if (Decision no = check_new_entry(state, id); no.is_refused()) return no;
    if (state.tax_returns.contains(id)) {
        return {
            Refusal::tax_return_exists, {"tax_return", to_string(id), "a return not filed yet"}};
    }
    if (last <= state.book.get().returned_until) {
        return {
            Refusal::tax_return_overlaps,
            {"last", to_string(last), "a day after " + to_string(state.book.get().returned_until)}};
    }
    if (last != last.end_of_month()) {
        return {
            Refusal::return_must_end_with_month,
            {"last", to_string(last), "the last day of a month"}};
    }
    ReturnTotals found = collect(state, last);
    if (found.totals.empty()) {
        return {
            Refusal::nothing_to_return,
            {"last", "no tax was posted up to " + to_string(last), "a posted tax"}};
    }

    Posting posting{state};
    posting.record(TaxReturnFiledT{
        .tax_return = id,
        .last = last,
        .date = date,
        .totals = found.totals,
        .due = in_base(state, found.due_minor)});
    EntryDraft draft{
        .event = {
            .entry = id,
            .journal = journal.value(),
            .kind = EntryKind::tax_return,
            .date = date,
            .text = "Tax return to " + to_string(last)}};
    Decision no = post_return(posting, state, found, std::move(draft));
    if (no.is_refused()) return no;
    return posting.take();
}

void apply(Books& state, const TaxCodeDefined& event) {
    state.tax_codes.at(read(event.tax_code())) = TaxCode{
        .side = event.side(),
        .treatment = event.treatment(),
        .output_account = read_or_none(event.output_account()),
        .input_account = read_or_none(event.input_account()),
        .not_recoverable = read_or_none(event.not_recoverable())};
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
