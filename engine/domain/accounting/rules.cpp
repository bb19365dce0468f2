// Questions that several decisions ask of the books, and the refusals they share.

#include "engine/domain/accounting/rules.hpp"

namespace daybook::accounting {

Money in_base(const Books& state, std::int64_t minor) {
    return Money::from_minor(minor, state.book.get().base);
}

Date date_or_today(const wire::Date* date, const Context& context) {
    const Date given = read_or_none(date);
    return given.is_none() ? context.today : given;
}

Id surviving_party(const Books& state, Id party) {
    while (const Id* into = state.merged_parties.find(party)) party = *into;
    return party;
}

BillNumber bill_number_of(const Id& party, std::string_view number) {
    return {id_from_text(std::string{number}), party};
}

std::string at_line(std::string_view list, std::size_t index, std::string_view field) {
    std::string at{list};
    at += '[';
    at += std::to_string(index);
    at += "].";
    at += field;
    return at;
}

Decision check_book(const Books& state) {
    if (state.book.get().is_configured) return {};
    return {Refusal::book_not_configured, {"", "no base currency", "ConfigureBook first"}};
}

Decision check_party(const Books& state, const Id& party) {
    if (state.parties.contains(party)) return {};
    return {
        Refusal::party_unknown,
        {"party", to_string(party), "a party that crm.RegisterParty registered"}};
}

Decision check_bill_number(const Books& state, const Id& party, std::string_view number) {
    const Id digest = bill_number_of(party, number).number;
    for (auto known = state.bill_numbers.from({digest, Id{}});
         known != state.bill_numbers.end() && known->first.number == digest;
         ++known) {
        if (surviving_party(state, known->first.party) != surviving_party(state, party)) continue;
        return {
            Refusal::bill_number_exists,
            {"number", std::string{number}, "a number of this supplier not recorded yet"}};
    }
    return {};
}

Decision check_account(const Books& state, const Id& account, std::string at) {
    const Account* found = state.accounts.find(account);
    if (found == nullptr) {
        return {Refusal::account_unknown, {std::move(at), to_string(account), "an opened account"}};
    }
    if (found->is_closed) {
        return {
            Refusal::account_closed,
            {std::move(at), to_string(account) + " is closed", "an account that is not closed"}};
    }
    return {};
}

Decision check_new_entry(const Books& state, const Id& entry) {
    if (!state.entries.contains(entry) && !state.items.contains({entry, 1})) return {};
    return {Refusal::entry_exists, {"entry", to_string(entry), "a name that no entry or item has"}};
}

Decision check_dimension(const Books& state, const Id& dimension, const Id& value, std::string at) {
    if (state.dimension_values.contains({dimension, value})) return {};
    return {
        Refusal::dimension_unknown,
        {std::move(at),
         to_string(dimension) + " " + to_string(value),
         "a value that DefineDimensionValue made"}};
}

Decision check_day(Date date) {
    if (date >= date_min && date <= date_max) return {};
    return {Refusal::no_period_for_date, {"date", "no day of the calendar", "0001 to 9999"}};
}

Decision check_positive(Money amount, std::string at) {
    if (amount.minor() <= 0) {
        return {
            Refusal::amount_must_be_positive, {std::move(at), to_string(amount), "more than zero"}};
    }
    return check_size(amount, std::move(at));
}

Decision check_size(Money amount, std::string at) {
    if (amount.minor() > amount_minor_max || amount.minor() < -amount_minor_max) {
        const Money most = Money::from_minor(amount_minor_max, amount.currency());
        return {
            Refusal::amount_too_large,
            {std::move(at), to_string(amount), "at most " + to_string(most)}};
    }
    if (!is_known(amount.currency())) {
        return {Refusal::currency_unknown, {std::move(at), to_string(amount), "an ISO 4217 code"}};
    }
    return {};
}

Checked<Id> account_for(const Books& state, AccountRole role, const Id& key) {
    const Id* account = state.roles.find({role, key});
    if (account == nullptr) account = state.roles.find({role, Id{}});
    if (account != nullptr) return *account;

    std::string wanted = std::string{"AssignAccount {role: "} + EnumNameAccountRole(role);
    if (!key.is_none()) wanted += ", key: " + to_string(key);
    return {
        Refusal::role_not_assigned,
        {EnumNameAccountRole(role), "no account for it", wanted + ", account: ...}"}};
}

Checked<Id> journal_for(const Books& state, JournalKind kind, const Id& chosen) {
    if (!chosen.is_none()) {
        if (state.journals.contains(chosen)) return chosen;
        return {Refusal::journal_unknown, {"journal", to_string(chosen), "an opened journal"}};
    }
    const Id* journal = state.journal_roles.find(kind);
    if (journal != nullptr) return *journal;
    const std::string name = EnumNameJournalKind(kind);
    return {
        Refusal::journal_unknown,
        {"journal", "no journal of the kind " + name, "OpenJournal {kind: " + name + ", ...}"}};
}

Checked<Id> tax_account(const Books& state, const Id& code, TaxSide side) {
    const TaxCode known = state.tax_codes.get(code);
    const bool is_output = side == TaxSide::output;
    const Id own = is_output ? known.output_account : known.input_account;
    if (!own.is_none()) return own;
    return account_for(state, is_output ? AccountRole::output_tax : AccountRole::input_tax, code);
}

Checked<Rate> tax_rate_on(const Books& state, const Id& code, Date date) {
    if (Decision no = check_day(date); no.is_refused()) return no;
    if (!state.tax_codes.contains(code)) {
        return {
            Refusal::tax_code_unknown,
            {"tax_code", to_string(code), "a code that DefineTaxCode made"}};
    }
    if (state.tax_codes.get(code).treatment == TaxTreatment::exempt) return Rate{};
    auto after = state.tax_rates.from({code, date.plus_days(1)});
    if (after != state.tax_rates.begin_key()) {
        const auto& [from, rate] = *--after;
        if (from.tax_code == code) return rate;
    }
    return {
        Refusal::tax_rate_not_set,
        {"tax_code",
         to_string(code) + " has no rate on " + to_string(date),
         "SetTaxRate from that day or before"}};
}

Checked<ExchangeRate> exchange_rate_on(
    const Books& state, Currency currency, Date date, ExchangeRate given
) {
    if (Decision no = check_day(date); no.is_refused()) return no;
    if (currency == state.book.get().base) return ExchangeRate::from_micro(1'000'000);
    if (given.micro() < 0) {
        return {Refusal::rate_must_be_positive, {"rate", to_string(given), "more than zero"}};
    }
    if (given.micro() > 0) return given;
    auto after = state.exchange_rates.from({currency, date.plus_days(1)});
    if (after != state.exchange_rates.begin_key()) {
        const auto& [day, rate] = *--after;
        if (day.currency == currency) return rate;
    }
    return {
        Refusal::rate_missing,
        {"rate",
         "no rate of " + std::string{code_of(currency)} + " on " + to_string(date) + " or before",
         "PublishExchangeRate, or a rate of its own"}};
}

Checked<std::int64_t> scaled(std::int64_t base_minor, Money part, Money whole) {
    const Wide sign = whole.is_negative() ? -1 : 1;
    const Wide share = divide(
        static_cast<Wide>(base_minor) * part.minor() * sign,
        static_cast<Wide>(whole.minor()) * sign,
        Rounding::half_even
    );
    if (share <= amount_minor_max && share >= -amount_minor_max) return narrow(share);
    return {
        Refusal::amount_too_large,
        {"amount",
         to_string(part) + " of " + to_string(whole),
         "a smaller amount in base currency"}};
}

Checked<std::int64_t> to_base(const Books& state, Money amount, ExchangeRate rate) {
    const Currency base = state.book.get().base;
    if (amount.currency() == base) return amount.minor();
    const Result<Money> converted = convert(amount, rate, base, Rounding::half_even);
    const std::int64_t minor = converted.ok() ? converted.value().minor() : 0;
    if (!converted || minor > amount_minor_max || minor < -amount_minor_max) {
        return {
            Refusal::amount_too_large,
            {"amount",
             to_string(amount) + " at " + to_string(rate),
             "at most " + to_string(in_base(state, amount_minor_max))}};
    }
    return minor;
}

Checked<Date> accounting_date(const Books& state, Date date) {
    if (Decision no = check_day(date); no.is_refused()) return no;
    const Date open = state.days.accounting_date(date);
    if (!open.is_none()) return open;
    if (state.days.period_of(date) == nullptr && state.days.first_from(date) == nullptr) {
        return {
            Refusal::no_period_for_date,
            {"date", to_string(date) + " is in no fiscal year", "OpenFiscalYear for that day"}};
    }
    return {
        Refusal::no_open_period,
        {"date",
         "no period is open on " + to_string(date) + " or later",
         "OpenFiscalYear for the days that follow, or ReopenPeriod"}};
}

Checked<Date> fixed_accounting_date(const Books& state, Date date, EntryKind kind) {
    if (Decision no = check_day(date); no.is_refused()) return no;
    const OpenDays::Entry* period = state.days.period_of(date);
    if (period == nullptr) {
        return {
            Refusal::no_period_for_date,
            {"date", to_string(date) + " is in no fiscal year", "OpenFiscalYear for that day"}};
    }
    const PeriodStatus status = period->second.status;
    if (status == PeriodStatus::open) return date;
    if (status == PeriodStatus::soft_closed && kind == EntryKind::adjustment) return date;
    return {
        Refusal::period_not_open,
        {"date",
         to_string(period->second.period) + " is " + EnumNamePeriodStatus(status),
         "a day of an open period"}};
}

}  // namespace daybook::accounting
