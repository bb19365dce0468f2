// Accounting's projection: its tables and what changes them, its reports and its checks.
#include "projections/accounting/reports.hpp"

namespace daybook::accounting {
namespace {

constexpr ReportOption ledger_options[]{
    {"account", ValueType::id, "Only this account", false, {}, "accounting.accounts"},
    {"from", ValueType::date, "Postings on or after this day, behind what was brought forward"},
};
constexpr ReportOption journal_options[]{
    {"journal", ValueType::id, "Only this journal", false, {}, "accounting.journals"},
    {"from", ValueType::date, "Entries on or after this day"},
};
constexpr ReportOption from_options[]{
    {"from", ValueType::date, "The first day; by default that of the fiscal year"},
};
constexpr ReportOption aged_options[]{
    {"party", ValueType::id, "Only this party", false, {}, "crm.parties"},
    {"top", ValueType::integer, "Only so many parties, those with the most open first"},
};
constexpr ReportOption statement_options[]{
    {"party", ValueType::id, "Whose account", true, {}, "crm.parties"},
    {"from", ValueType::date, "On or after this day"},
};

constexpr Report reports[]{
    {"trial-balance",
     "Trial balance",
     "Debits, credits and balance of every account.",
     {},
     &run_trial_balance,
     &explain_account},
    {"general-ledger",
     "General ledger",
     "The postings of each account, with a running balance.",
     ledger_options,
     &run_general_ledger,
     &explain_entry},
    {"journal",
     "Journal",
     "Every entry in the order of the day book.",
     journal_options,
     &run_journal,
     &explain_entry},
    {"income-statement",
     "Income statement",
     "Income, expenses and the result of a span of days.",
     from_options,
     &run_income_statement,
     &explain_income},
    {"balance-sheet",
     "Balance sheet",
     "Assets, liabilities and equity on a day.",
     {},
     &run_balance_sheet,
     &explain_balance},
    {"aged-receivables",
     "Aged receivables",
     "What customers owe, by the days since it was due, on the last posting's day or --as-of.",
     aged_options,
     &run_aged_receivables,
     &explain_receivables},
    {"aged-payables",
     "Aged payables",
     "What is owed to suppliers, by the days since it was due, on the last posting's day or "
     "--as-of.",
     aged_options,
     &run_aged_payables,
     &explain_payables},
    {"statement",
     "Statement",
     "A party's account: what was posted to it, and the balance.",
     statement_options,
     &run_statement,
     &explain_entry},
    {"vat",
     "VAT by code and month",
     "Bases and taxes of each tax code and month.",
     from_options,
     &run_vat,
     &explain_vat},
};

constexpr RowCheck checks[]{
    {"trial-balance-is-zero", &check_trial_balance},
    {"control-accounts-are-their-items", &check_control_accounts},
    {"balances-are-their-postings", &check_postings},
};

using Entries = Events<EventTraits, EntryPosted>;

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<book, Events<EventTraits, BookConfigured>>(),
        projection_of<
            accounts,
            Events<EventTraits, AccountOpened, AccountRenamed, AccountClosed, AccountReopened>>(),
        projection_of<journals, Events<EventTraits, JournalOpened>>(),
        projection_of<Tables<fiscal_years, periods>, Events<EventTraits, FiscalYearOpened>>(),
        projection_of<fiscal_years, Events<EventTraits, FiscalYearClosed, FiscalYearReopened>>(),
        projection_of<periods, Events<EventTraits, PeriodSoftClosed, PeriodClosed, PeriodReopened>>(
        ),
        projection_of<tax_codes, Events<EventTraits, TaxCodeDefined>>(),
        projection_of<tax_rates, Events<EventTraits, TaxRateSet>>(),
        projection_of<tax_returns, Events<EventTraits, TaxReturnFiled>>(),
        projection_of<
            party_names,
            Events<crm::EventTraits, crm::PartyRegistered, crm::PartyAmended>>(),
        projection_of<entries, Entries>(),
        projection_of<Tables<postings, party_postings>, Entries>(),
        projection_of<Tables<balances, past_balances>, Entries>(),
        projection_of<taxes, Entries>(),
        projection_of<Tables<tax_totals, past_tax_totals>, Entries>(),
        projection_of<
            Tables<items, item_parties, open_items>,
            Events<EventTraits, EntryPosted, AllocationMade, AllocationUndone>>(),
        projection_of<
            Tables<item_parties, item_changes_by_day, item_changes_by_position>,
            Events<EventTraits, AllocationMade, AllocationUndone>>(),
        projection_of<item_changes, Events<EventTraits, AllocationMade, AllocationUndone>>()
    )
        .with(reports)
        .with(checks);

}  // namespace daybook::accounting
