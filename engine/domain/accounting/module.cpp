// The accounting module's table of contents: every command, every event, every reaction.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

extern constinit const Module module = module_of<
    Books,
    Commands<CommandTraits, ConfigureBook, OpenAccount, OpenJournal, DefineTaxCode, SetTaxRate>,
    Events<
        EventTraits,
        BookConfigured,
        ChartAdopted,
        AccountOpened,
        AccountRenamed,
        AccountClosed,
        AccountReopened,
        JournalOpened,
        AccountAssigned,
        JournalAssigned,
        FiscalYearOpened,
        PeriodSoftClosed,
        PeriodClosed,
        PeriodReopened,
        FiscalYearClosed,
        FiscalYearReopened,
        TaxCodeDefined,
        TaxRateSet,
        DimensionDefined,
        DimensionValueDefined,
        ExchangeRatePublished,
        EntryPosted,
        EntryReversed,
        BillRecorded,
        PaymentRecorded,
        PaymentReversed,
        AllocationMade,
        AllocationUndone,
        BadDebtWrittenOff,
        TaxReturnFiled>>();

}  // namespace daybook::accounting
