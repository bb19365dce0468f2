// Accounting's projection: its tables, what changes them, its reports and its checks.
#include "projections/accounting/rows.hpp"

namespace daybook::accounting {

extern constinit const Projection projection = join(
    projection_of<book, Events<EventTraits, BookConfigured>>(),
    projection_of<
        accounts,
        Events<EventTraits, AccountOpened, AccountRenamed, AccountClosed, AccountReopened>>(),
    projection_of<journals, Events<EventTraits, JournalOpened>>(),
    projection_of<Tables<fiscal_years, periods>, Events<EventTraits, FiscalYearOpened>>(),
    projection_of<fiscal_years, Events<EventTraits, FiscalYearClosed, FiscalYearReopened>>(),
    projection_of<periods, Events<EventTraits, PeriodSoftClosed, PeriodClosed, PeriodReopened>>(),
    projection_of<tax_codes, Events<EventTraits, TaxCodeDefined>>(),
    projection_of<tax_rates, Events<EventTraits, TaxRateSet>>(),
    projection_of<tax_returns, Events<EventTraits, TaxReturnFiled>>(),
    projection_of<entries, Events<EventTraits, EntryPosted>>(),
    projection_of<Tables<postings, party_postings>, Events<EventTraits, EntryPosted>>(),
    projection_of<Tables<balances, past_balances>, Events<EventTraits, EntryPosted>>(),
    projection_of<taxes, Events<EventTraits, EntryPosted>>(),
    projection_of<
        Tables<items, item_parties>,
        Events<EventTraits, EntryPosted, AllocationMade, AllocationUndone>>(),
    projection_of<item_changes, Events<EventTraits, AllocationMade, AllocationUndone>>()
);

}  // namespace daybook::accounting
