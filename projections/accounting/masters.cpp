// The chart, the calendar and the taxes as rows.
#include "projections/accounting/rows.hpp"

namespace daybook::accounting {

void project(Rows<BookRow>& rows, const BookConfigured& event) {
    rows.put({
        .one = 0,
        .name = copy(event.name()),
        .base_currency = read(event.base_currency()),
        .country = copy(event.country()),
    });
}

void project(Rows<AccountRow>& rows, const AccountOpened& event) {
    rows.put({
        .account = read(event.account()),
        .name = copy(event.name()),
        .type = event.type(),
        .control = event.control(),
        .is_cash = event.is_cash(),
        .is_closed = false,
    });
}
void project(Rows<AccountRow>& rows, const AccountRenamed& event) {
    rows.at(read(event.account())).name = copy(event.name());
}
void project(Rows<AccountRow>& rows, const AccountClosed& event) {
    rows.at(read(event.account())).is_closed = true;
}
void project(Rows<AccountRow>& rows, const AccountReopened& event) {
    rows.at(read(event.account())).is_closed = false;
}

void project(Rows<JournalRow>& rows, const JournalOpened& event) {
    rows.put({.journal = read(event.journal()), .name = copy(event.name()), .kind = event.kind()});
}

void project(
    Rows<FiscalYearRow>& years, Rows<PeriodRow>& period_rows, const FiscalYearOpened& event
) {
    years.put({
        .first = read(event.first()),
        .last = read(event.last()),
        .year = read(event.year()),
        .is_closed = false,
    });
    for (const Period* period : *event.periods()) {
        period_rows.put({
            .first = read(period->first()),
            .last = read(period->last()),
            .period = read(period->period()),
            .year = read(event.year()),
            .status = PeriodStatus::open,
        });
    }
}

namespace {

void set_status(Rows<PeriodRow>& rows, const Period* period, PeriodStatus status) {
    rows.at(read(period->first())).status = status;
}

// Years are few: a walk finds one by its name.
void set_closed(Rows<FiscalYearRow>& rows, const Id& year, bool is_closed) {
    Date first;
    rows.scan([&](const FiscalYearRow& row) {
        if (row.year == year) first = row.first;
        return row.year != year;
    });
    if (!first.is_none()) rows.at(first).is_closed = is_closed;
}

}  // namespace

void project(Rows<PeriodRow>& rows, const PeriodSoftClosed& event) {
    set_status(rows, event.period(), PeriodStatus::soft_closed);
}
void project(Rows<PeriodRow>& rows, const PeriodClosed& event) {
    set_status(rows, event.period(), PeriodStatus::closed);
}
void project(Rows<PeriodRow>& rows, const PeriodReopened& event) {
    set_status(rows, event.period(), PeriodStatus::open);
}
void project(Rows<FiscalYearRow>& rows, const FiscalYearClosed& event) {
    set_closed(rows, read(event.year()), true);
}
void project(Rows<FiscalYearRow>& rows, const FiscalYearReopened& event) {
    set_closed(rows, read(event.year()), false);
}

void project(Rows<TaxCodeRow>& rows, const TaxCodeDefined& event) {
    rows.put({
        .tax_code = read(event.tax_code()),
        .name = copy(event.name()),
        .side = event.side(),
        .treatment = event.treatment(),
    });
}
void project(Rows<TaxRateRow>& rows, const TaxRateSet& event) {
    rows.put(
        {.tax_code = read(event.tax_code()), .from = read(event.from()), .rate = read(event.rate())}
    );
}
void project(Rows<PartyNameRow>& rows, const crm::PartyRegistered& event) {
    rows.put({.party = read(event.party()), .name = copy(event.name())});
}
void project(Rows<PartyNameRow>& rows, const crm::PartyAmended& event) {
    if (event.name() != nullptr) rows.at(read(event.party())).name = copy(event.name());
}

void project(Rows<TaxReturnRow>& rows, const TaxReturnFiled& event, const EventHeader& header) {
    rows.put({
        .last = read(event.last()),
        .tax_return = read(event.tax_return()),
        .date = read(event.date()),
        .due = read(event.due()),
        .position = header.position(),
    });
}

}  // namespace daybook::accounting
