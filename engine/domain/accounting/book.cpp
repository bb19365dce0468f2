// The book's settings: its currency, its accounts and journals, which of them automatic entries
// use, and the dimensions that lines may carry.

#include <algorithm>

#include "engine/domain/accounting/rules.hpp"

namespace daybook::accounting {
namespace {

// Automatic entries put a party on the lines of these roles only.
ControlKind control_needed(AccountRole role) {
    if (role == AccountRole::receivable || role == AccountRole::customer_advance) {
        return ControlKind::receivable;
    }
    if (role == AccountRole::payable || role == AccountRole::supplier_advance) {
        return ControlKind::payable;
    }
    return ControlKind::none;
}

// What goods leave on these accounts waits for another document, and is zero in the end.
bool must_settle(AccountRole role) {
    return role == AccountRole::goods_in_transit ||
           role == AccountRole::goods_received_not_invoiced ||
           role == AccountRole::supplier_credit_expected ||
           role == AccountRole::goods_delivered_not_invoiced ||
           role == AccountRole::landed_cost_clearing || role == AccountRole::price_variance;
}

}  // namespace

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
    const std::string_view country = text(command.country());
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (!country.empty() && (country.size() != 2 || !std::ranges::all_of(country, is_letter))) {
        return {
            Refusal::country_unknown,
            {"country", std::string{country}, "two letters of ISO 3166, as FR"}};
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

Decision decide(const Books& state, const RenameAccount& command) {
    const Id account = read(command.account());

    if (text(command.name()).empty()) return Refusal::text_missing;
    if (!state.accounts.contains(account)) {
        return {Refusal::account_unknown, {"account", to_string(account), "an opened account"}};
    }

    return AccountRenamedT{.account = account, .name = copy(command.name())};
}

Decision decide(const Books& state, const CloseAccount& command) {
    const Id account = read(command.account());

    if (Decision no = check_account(state, account, "account"); no.is_refused()) return no;

    return AccountClosedT{.account = account};
}

Decision decide(const Books& state, const ReopenAccount& command) {
    const Id account = read(command.account());

    const Account* found = state.accounts.find(account);
    if (found == nullptr) {
        return {Refusal::account_unknown, {"account", to_string(account), "an opened account"}};
    }
    if (!found->is_closed) {
        return {Refusal::account_not_closed, {"account", to_string(account), "a closed account"}};
    }

    return AccountReopenedT{.account = account};
}

Decision decide(const Books& state, const AssignAccount& command) {
    const Id account = read(command.account());

    if (Decision no = check_account(state, account, "account"); no.is_refused()) return no;
    if (command.role() == AccountRole::none) return Refusal::role_missing;
    const ControlKind needed = control_needed(command.role());
    if (state.accounts.get(account).control != needed) {
        return {
            Refusal::account_control_differs,
            {"account",
             to_string(account) + " has the control " +
                 EnumNameControlKind(state.accounts.get(account).control),
             std::string{"an account with the control "} + EnumNameControlKind(needed)}};
    }

    return AccountAssignedT{
        .role = command.role(), .key = read_or_none(command.key()), .account = account};
}

Decision decide(const Books& state, const AssignJournal& command) {
    const Id journal = read(command.journal());

    const Journal* found = state.journals.find(journal);
    if (found == nullptr) {
        return {Refusal::journal_unknown, {"journal", to_string(journal), "an opened journal"}};
    }
    if (found->kind != command.kind()) {
        return {
            Refusal::journal_kind_differs,
            {"kind", EnumNameJournalKind(command.kind()), EnumNameJournalKind(found->kind)}};
    }

    return JournalAssignedT{.kind = command.kind(), .journal = journal};
}

Decision decide(const Books& state, const DefineDimension& command) {
    const Id dimension = read(command.dimension());

    if (text(command.name()).empty()) return Refusal::text_missing;
    if (state.dimensions.contains(dimension)) {
        return {
            Refusal::dimension_exists,
            {"dimension", to_string(dimension), "a dimension not defined yet"}};
    }

    return DimensionDefinedT{.dimension = dimension, .name = copy(command.name())};
}

Decision decide(const Books& state, const DefineDimensionValue& command) {
    const Id dimension = read(command.dimension());
    const Id value = read(command.value());

    if (text(command.name()).empty()) return Refusal::text_missing;
    if (state.dimension_values.contains({dimension, value})) {
        return {Refusal::dimension_exists, {"value", to_string(value), "a value not defined yet"}};
    }
    if (!state.dimensions.contains(dimension)) {
        return {
            Refusal::dimension_unknown,
            {"dimension", to_string(dimension), "a dimension that DefineDimension made"}};
    }

    return DimensionValueDefinedT{
        .dimension = dimension, .value = value, .name = copy(command.name())};
}

void listen(Books& state, const crm::PartyRegistered& event) {
    state.parties.at(read(event.party())) = Presence{};
}

void listen(Books& state, const crm::PartiesMerged& event) {
    state.merged_parties.at(read(event.from())) = read(event.into());
}

void listen(Books& state, const crm::PartiesUnmerged& event) {
    state.merged_parties.erase(read(event.from()));
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
    const Id account = read(event.account());
    state.roles.at({event.role(), read(event.key())}) = account;
    if (event.role() == AccountRole::stock) state.goods.edit().follows_stock = true;
    if (must_settle(event.role()) && !state.unsettled.contains(account)) {
        state.unsettled.at(account) = 0;
    }
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
