// The tables of accounting: what there is (accounts, journals, periods, tax codes), what was posted
// (entries and their lines by account and by party), and what is open (items and what settled
// them).
#pragma once

#include "projections/core/projection.hpp"
#include "projections/core/two_time.hpp"
#include "schemas/accounting.hpp"

namespace daybook::accounting {

struct BookRow {
    std::uint8_t one = 0;  // The only row.
    std::string name;
    Currency base_currency = Currency::none;
    std::string country;
};
struct AccountRow {
    Id account;
    std::string name;
    AccountType type = AccountType::none;
    ControlKind control = ControlKind::none;
    bool is_cash = false;
    bool is_closed = false;
};
struct JournalRow {
    Id journal;
    std::string name;
    JournalKind kind = JournalKind::none;
};
struct PeriodRow {
    Date first;
    Date last;
    Id period;
    Id year;
    PeriodStatus status = PeriodStatus::none;
};
struct FiscalYearRow {
    Date first;
    Date last;
    Id year;
    bool is_closed = false;
};
struct TaxCodeRow {
    Id tax_code;
    std::string name;
    TaxSide side = TaxSide::none;
    TaxTreatment treatment = TaxTreatment::standard;
};
struct TaxRateRow {
    Id tax_code;
    Date from;
    Rate rate;
};

// An entry, in the order of the day book.
struct EntryRow {
    Date accounting_date;
    std::uint64_t position = 0;
    Id entry;
    Id journal;
    std::string number;
    Date date;
    std::string piece;
    std::string text;
    EntryKind kind = EntryKind::manual;
    Id source;
    Id reverses;
    std::int64_t debit_minor = 0;  // Of its lines together, in base currency.
};

// A line of an entry, in the order of its account's ledger.
struct PostingRow {
    Id account;
    Date accounting_date;
    std::uint64_t position = 0;
    std::uint16_t line = 0;
    Id party;
    Money amount;
    std::int64_t base_minor = 0;
};
// The same line among those of its party.
struct PartyPostingRow {
    Id party;
    Date accounting_date;
    std::uint64_t position = 0;
    std::uint16_t line = 0;
    Id account;
    Money amount;
    std::int64_t base_minor = 0;
};

// An open item: what a line of a control account left to be settled.
struct ItemRow {
    Id party;
    Id document;
    std::uint16_t part = 0;
    Id account;
    Date accounting_date;
    Date due;
    std::uint64_t position = 0;  // Of the entry that opened it.
    Money amount;
    std::int64_t base_minor = 0;
    Money open;  // Of what is known now.
    std::int64_t open_base_minor = 0;
    Date changed_on;               // The latest day of what settled it or opened it again.
    Date settled_on;               // That day while nothing is open; else none.
    std::uint64_t settled_at = 0;  // Its position.
};
// What changed an item since it was opened, with the sign of the change.
struct ItemChangeRow {
    Id document;
    std::uint16_t part = 0;
    std::uint64_t position = 0;
    std::uint16_t sequence = 0;
    Date date;
    Money amount;
    std::int64_t base_minor = 0;
    std::string lettering;
};
// Whose item a document's part is.
struct ItemPartyRow {
    Id document;
    std::uint16_t part = 0;
    Id party;
};

// The items of which something is open now, and every change of an item by its day and by its
// position: an item was open at another moment only if it is open now or was changed since.
struct OpenItemRow {
    Id party;
    Id document;
    std::uint16_t part = 0;
};
struct ItemChangeDayRow {
    Date date;
    std::uint64_t position = 0;
    std::uint16_t sequence = 0;
    Id party;
    Id document;
    std::uint16_t part = 0;
};
struct ItemChangePositionRow {
    std::uint64_t position = 0;
    std::uint16_t sequence = 0;
    Id party;
    Id document;
    std::uint16_t part = 0;
};

// A tax tag of an entry, in the order of its code and the day on which it counts.
struct TaxRow {
    TaxSide side = TaxSide::none;
    Id tax_code;
    Date accounting_date;
    std::uint64_t position = 0;
    std::uint16_t sequence = 0;
    Rate rate;
    std::int64_t base_minor = 0;
    std::int64_t tax_minor = 0;
};
struct TaxReturnRow {
    Date last;
    Id tax_return;
    Date date;
    Money due;
    std::uint64_t position = 0;
};

// Debits and credits of an account in base currency: of any day, as known at any position.
struct BalanceKey {
    Id account;
};
struct Balance {
    std::int64_t debit_minor = 0;
    std::int64_t credit_minor = 0;  // Not negative either.
};
// Bases and taxes of a tax code and rate, positive in the ordinary direction of its side.
struct TaxKey {
    TaxSide side = TaxSide::none;
    Id tax_code;
    std::int64_t rate_ppm = 0;
};
struct TaxTotalSum {
    std::int64_t base_minor = 0;
    std::int64_t tax_minor = 0;
};
// What people call a party; parties themselves are the business of crm.
struct PartyNameRow {
    Id party;
    std::string name;
};

inline constexpr auto tax_totals = totals_table<TaxKey, TaxTotalSum>(
    "tax_totals",
    key("side", &TaxKey::side),
    key("tax_code", &TaxKey::tax_code),
    key("rate_ppm", &TaxKey::rate_ppm),
    column("base_minor", &TaxTotalSum::base_minor),
    column("tax_minor", &TaxTotalSum::tax_minor)
);
inline constexpr auto past_tax_totals = past_totals_table<TaxKey, TaxTotalSum>(
    "past_tax_totals",
    key("side", &TaxKey::side),
    key("tax_code", &TaxKey::tax_code),
    key("rate_ppm", &TaxKey::rate_ppm),
    column("base_minor", &TaxTotalSum::base_minor),
    column("tax_minor", &TaxTotalSum::tax_minor)
);
inline constexpr auto party_names = table<PartyNameRow>(
    "party_names", key("party", &PartyNameRow::party), column("name", &PartyNameRow::name)
);
inline constexpr auto balances = totals_table<BalanceKey, Balance>(
    "balances",
    key("account", &BalanceKey::account),
    column("debit_minor", &Balance::debit_minor),
    column("credit_minor", &Balance::credit_minor)
);
inline constexpr auto past_balances = past_totals_table<BalanceKey, Balance>(
    "past_balances",
    key("account", &BalanceKey::account),
    column("debit_minor", &Balance::debit_minor),
    column("credit_minor", &Balance::credit_minor)
);

inline constexpr auto book = table<BookRow>(
    "book",
    key("one", &BookRow::one),
    column("name", &BookRow::name),
    column("base_currency", &BookRow::base_currency),
    column("country", &BookRow::country)
);
inline constexpr auto accounts = table<AccountRow>(
    "accounts",
    key("account", &AccountRow::account),
    column("name", &AccountRow::name),
    column("type", &AccountRow::type, &EnumNameAccountType),
    column("control", &AccountRow::control, &EnumNameControlKind),
    column("is_cash", &AccountRow::is_cash),
    column("is_closed", &AccountRow::is_closed)
);
inline constexpr auto journals = table<JournalRow>(
    "journals",
    key("journal", &JournalRow::journal),
    column("name", &JournalRow::name),
    column("kind", &JournalRow::kind, &EnumNameJournalKind)
);
inline constexpr auto periods = table<PeriodRow>(
    "periods",
    key("first", &PeriodRow::first),
    column("last", &PeriodRow::last),
    column("period", &PeriodRow::period),
    column("year", &PeriodRow::year),
    column("status", &PeriodRow::status, &EnumNamePeriodStatus)
);
inline constexpr auto fiscal_years = table<FiscalYearRow>(
    "fiscal_years",
    key("first", &FiscalYearRow::first),
    column("last", &FiscalYearRow::last),
    column("year", &FiscalYearRow::year),
    column("is_closed", &FiscalYearRow::is_closed)
);
inline constexpr auto tax_codes = table<TaxCodeRow>(
    "tax_codes",
    key("tax_code", &TaxCodeRow::tax_code),
    column("name", &TaxCodeRow::name),
    column("side", &TaxCodeRow::side, &EnumNameTaxSide),
    column("treatment", &TaxCodeRow::treatment, &EnumNameTaxTreatment)
);
inline constexpr auto tax_rates = table<TaxRateRow>(
    "tax_rates",
    key("tax_code", &TaxRateRow::tax_code),
    key("from", &TaxRateRow::from),
    column("rate", &TaxRateRow::rate)
);
inline constexpr auto entries = table<EntryRow>(
    "entries",
    key("accounting_date", &EntryRow::accounting_date),
    key("position", &EntryRow::position),
    column("entry", &EntryRow::entry),
    column("journal", &EntryRow::journal),
    column("number", &EntryRow::number),
    column("date", &EntryRow::date),
    column("piece", &EntryRow::piece),
    column("text", &EntryRow::text),
    column("kind", &EntryRow::kind, &EnumNameEntryKind),
    column("source", &EntryRow::source),
    column("reverses", &EntryRow::reverses)
);
inline constexpr auto postings = table<PostingRow>(
    "postings",
    key("account", &PostingRow::account),
    key("accounting_date", &PostingRow::accounting_date),
    key("position", &PostingRow::position),
    key("line", &PostingRow::line),
    column("party", &PostingRow::party),
    column("amount", &PostingRow::amount),
    column("base_minor", &PostingRow::base_minor)
);
inline constexpr auto party_postings = table<PartyPostingRow>(
    "party_postings",
    key("party", &PartyPostingRow::party),
    key("accounting_date", &PartyPostingRow::accounting_date),
    key("position", &PartyPostingRow::position),
    key("line", &PartyPostingRow::line),
    column("account", &PartyPostingRow::account),
    column("amount", &PartyPostingRow::amount),
    column("base_minor", &PartyPostingRow::base_minor)
);
inline constexpr auto items = table<ItemRow>(
    "items",
    key("party", &ItemRow::party),
    key("document", &ItemRow::document),
    key("part", &ItemRow::part),
    column("account", &ItemRow::account),
    column("accounting_date", &ItemRow::accounting_date),
    column("due", &ItemRow::due),
    column("amount", &ItemRow::amount),
    column("open", &ItemRow::open),
    column("settled_on", &ItemRow::settled_on)
);
inline constexpr auto item_changes = table<ItemChangeRow>(
    "item_changes",
    key("document", &ItemChangeRow::document),
    key("part", &ItemChangeRow::part),
    key("position", &ItemChangeRow::position),
    key("sequence", &ItemChangeRow::sequence),
    column("date", &ItemChangeRow::date),
    column("amount", &ItemChangeRow::amount),
    column("lettering", &ItemChangeRow::lettering)
);
inline constexpr auto open_items = table<OpenItemRow>(
    "open_items",
    key("party", &OpenItemRow::party),
    key("document", &OpenItemRow::document),
    key("part", &OpenItemRow::part)
);
inline constexpr auto item_changes_by_day = table<ItemChangeDayRow>(
    "item_changes_by_day",
    key("date", &ItemChangeDayRow::date),
    key("position", &ItemChangeDayRow::position),
    key("sequence", &ItemChangeDayRow::sequence),
    column("party", &ItemChangeDayRow::party),
    column("document", &ItemChangeDayRow::document),
    column("part", &ItemChangeDayRow::part)
);
inline constexpr auto item_changes_by_position = table<ItemChangePositionRow>(
    "item_changes_by_position",
    key("position", &ItemChangePositionRow::position),
    key("sequence", &ItemChangePositionRow::sequence),
    column("party", &ItemChangePositionRow::party),
    column("document", &ItemChangePositionRow::document),
    column("part", &ItemChangePositionRow::part)
);
inline constexpr auto item_parties = table<ItemPartyRow>(
    "item_parties",
    key("document", &ItemPartyRow::document),
    key("part", &ItemPartyRow::part),
    column("party", &ItemPartyRow::party)
);
inline constexpr auto taxes = table<TaxRow>(
    "taxes",
    key("side", &TaxRow::side),
    key("tax_code", &TaxRow::tax_code),
    key("accounting_date", &TaxRow::accounting_date),
    key("position", &TaxRow::position),
    key("sequence", &TaxRow::sequence),
    column("rate", &TaxRow::rate),
    column("base_minor", &TaxRow::base_minor),
    column("tax_minor", &TaxRow::tax_minor)
);
inline constexpr auto tax_returns = table<TaxReturnRow>(
    "tax_returns",
    key("last", &TaxReturnRow::last),
    column("tax_return", &TaxReturnRow::tax_return),
    column("date", &TaxReturnRow::date),
    column("due", &TaxReturnRow::due)
);

}  // namespace daybook::accounting
