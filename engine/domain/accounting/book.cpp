// The book's settings: its currency, its accounts and journals, which of them automatic entries
// use, and the dimensions that lines may carry.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

Decision decide(const Books& state, const ConfigureBook& command) {
    const Currency base = read(command.base_currency());
    const Money difference_max = read_or_none(command.payment_difference_max());

    if (text(command.name()).empty()) return Refusal::text_missing;
    if (!is_known(base)) return Refusal::currency_unknown;
    if (state.book.get().is_configured && state.book.get().base != base) {
        return {
            Refusal::book_already_configured,
            {"base_currency",
             std::string{code_of(base)},
             std::string{code_of(state.book.get().base)}}};
    }
    if (difference_max.is_negative()) return Refusal::amount_must_be_positive;
    if (!difference_max.same_currency(Money::from_minor(0, base))) return Refusal::currency_differs;

    return BookConfiguredT{
        .name = copy(command.name()),
        .base_currency = base,
        .country = copy(command.country()),
        .payment_difference_max = Money::from_minor(difference_max.minor(), base)};
}

Decision decide(const Books& state, const OpenAccount& command) {
    const Id account = read(command.account());
    const Id dimension = read_or_none(command.required_dimension());

    if (text(command.name()).empty()) return Refusal::text_missing;
    if (state.accounts.contains(account)) {
        return {
            Refusal::account_exists, {"account", to_string(account), "an account not opened yet"}};
    }
    if (command.type() == AccountType::none) return Refusal::account_type_missing;
    if (!dimension.is_none() && !state.dimensions.contains(dimension)) {
        return {
            Refusal::dimension_unknown,
            {"required_dimension", to_string(dimension), "a dimension that DefineDimension made"}};
    }

    return AccountOpenedT{
        .account = account,
        .name = copy(command.name()),
        .type = command.type(),
        .control = command.control(),
        .is_cash = command.is_cash(),
        .required_dimension = dimension};
}

Decision decide(const Books& state, const OpenJournal& command) {
    constexpr std::size_t journal_bytes_max = 4;
    const Id journal = read(command.journal());

    if (text(command.name()).empty()) return Refusal::text_missing;
    if (to_string(journal).size() > journal_bytes_max) {
        return {Refusal::id_too_long, {"journal", to_string(journal), "at most 4 characters"}};
    }
    if (state.journals.contains(journal)) {
        return {
            Refusal::journal_exists, {"journal", to_string(journal), "a journal not opened yet"}};
    }
    if (command.kind() == JournalKind::none) return Refusal::journal_kind_missing;

    return JournalOpenedT{.journal = journal, .name = copy(command.name()), .kind = command.kind()};
}

void apply(Books& state, const BookConfigured& event) {
    Book& book = state.book.edit();
    book.is_configured = true;
    book.base = read(event.base_currency());
    book.payment_difference_max = read(event.payment_difference_max());
}

void apply(Books& state, const ChartAdopted& event) {
    state.charts.at(read(event.chart())) = Presence{};
}

void apply(Books& state, const AccountOpened& event) {
    state.accounts.at(read(event.account())) = Account{
        .type = event.type(),
        .control = event.control(),
        .is_cash = event.is_cash(),
        .required_dimension = read_or_none(event.required_dimension())};
}

void apply(Books&, const AccountRenamed&) {}

void apply(Books& state, const AccountClosed& event) {
    Account& account = state.accounts.at(read(event.account()));
    DAYBOOK_ASSERT(!account.is_closed);
    account.is_closed = true;
}

void apply(Books& state, const AccountReopened& event) {
    Account& account = state.accounts.at(read(event.account()));
    DAYBOOK_ASSERT(account.is_closed);
    account.is_closed = false;
}

void apply(Books& state, const JournalOpened& event) {
    const Id journal = read(event.journal());
    state.journals.at(journal) = Journal{event.kind()};
    if (!state.journal_roles.contains(event.kind())) state.journal_roles.at(event.kind()) = journal;
}

void apply(Books& state, const AccountAssigned& event) {
    state.roles.at({event.role(), read(event.key())}) = read(event.account());
}

void apply(Books& state, const JournalAssigned& event) {
    state.journal_roles.at(event.kind()) = read(event.journal());
}

void apply(Books& state, const DimensionDefined& event) {
    state.dimensions.at(read(event.dimension())) = Presence{};
}

void apply(Books& state, const DimensionValueDefined& event) {
    state.dimension_values.at({read(event.dimension()), read(event.value())}) = Presence{};
}

}  // namespace daybook::accounting
