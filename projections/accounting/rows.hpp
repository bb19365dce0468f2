// What each accounting event does to the rows: the overloads that the projection is made of.
#pragma once

#include "projections/accounting/tables.hpp"
#include "schemas/crm.hpp"

namespace daybook::accounting {

// masters.cpp
void project(Rows<BookRow>& rows, const BookConfigured& event);
void project(Rows<AccountRow>& rows, const AccountOpened& event);
void project(Rows<AccountRow>& rows, const AccountRenamed& event);
void project(Rows<AccountRow>& rows, const AccountClosed& event);
void project(Rows<AccountRow>& rows, const AccountReopened& event);
void project(Rows<JournalRow>& rows, const JournalOpened& event);
void project(Rows<FiscalYearRow>& years, Rows<PeriodRow>& periods, const FiscalYearOpened& event);
void project(Rows<FiscalYearRow>& rows, const FiscalYearClosed& event);
void project(Rows<FiscalYearRow>& rows, const FiscalYearReopened& event);
void project(Rows<PeriodRow>& rows, const PeriodSoftClosed& event);
void project(Rows<PeriodRow>& rows, const PeriodClosed& event);
void project(Rows<PeriodRow>& rows, const PeriodReopened& event);
void project(Rows<TaxCodeRow>& rows, const TaxCodeDefined& event);
void project(Rows<TaxRateRow>& rows, const TaxRateSet& event);
void project(Rows<TaxReturnRow>& rows, const TaxReturnFiled& event, const EventHeader& header);

void project(Rows<PartyNameRow>& rows, const crm::PartyRegistered& event);
void project(Rows<PartyNameRow>& rows, const crm::PartyAmended& event);

// postings.cpp
using TaxTotalRow = TotalsRow<TaxKey, TaxTotalSum>;
using PastTaxTotalRow = PastTotalsRow<TaxKey, TaxTotalSum>;
void project(
    Rows<TaxTotalRow>& rows,
    Rows<PastTaxTotalRow>& past,
    const EntryPosted& event,
    const EventHeader& header
);
[[nodiscard]] Balance balance_of(const EntryLine& line);
void project(Rows<EntryRow>& rows, const EntryPosted& event, const EventHeader& header);
void project(
    Rows<PostingRow>& by_account,
    Rows<PartyPostingRow>& by_party,
    const EntryPosted& event,
    const EventHeader& header
);
void project(Rows<TaxRow>& rows, const EntryPosted& event, const EventHeader& header);
using BalanceRow = TotalsRow<BalanceKey, Balance>;
using PastBalanceRow = PastTotalsRow<BalanceKey, Balance>;
void project(
    Rows<BalanceRow>& rows,
    Rows<PastBalanceRow>& past,
    const EntryPosted& event,
    const EventHeader& header
);

// items.cpp
void project(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    Rows<OpenItemRow>& open,
    const EntryPosted& event,
    const EventHeader& header
);
void project(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    Rows<OpenItemRow>& open,
    const AllocationMade& event,
    const EventHeader& header
);
void project(
    Rows<ItemRow>& rows,
    Rows<ItemPartyRow>& parties,
    Rows<OpenItemRow>& open,
    const AllocationUndone& event,
    const EventHeader& header
);
void project(
    Rows<ItemPartyRow>& parties,
    Rows<ItemChangeDayRow>& by_day,
    Rows<ItemChangePositionRow>& by_position,
    const AllocationMade& event,
    const EventHeader& header
);
void project(
    Rows<ItemPartyRow>& parties,
    Rows<ItemChangeDayRow>& by_day,
    Rows<ItemChangePositionRow>& by_position,
    const AllocationUndone& event,
    const EventHeader& header
);
void project(Rows<ItemChangeRow>& rows, const AllocationMade& event, const EventHeader& header);
void project(Rows<ItemChangeRow>& rows, const AllocationUndone& event, const EventHeader& header);

}  // namespace daybook::accounting
