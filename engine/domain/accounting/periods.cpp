// Fiscal years and their periods. A closed period never changes; what becomes known later is
// accounted for on the first open day.

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {
namespace {

void set_status(Books& state, const Period& period, PeriodStatus status) {
    PeriodState& changed = state.periods.at(read(period.first()));
    DAYBOOK_ASSERT(changed.period == read(period.period()));
    changed.status = status;
}

}  // namespace

void apply(Books& state, const FiscalYearOpened& event) {
    const Id year = read(event.year());
    state.years.at(year) = FiscalYear{.first = read(event.first()), .last = read(event.last())};
    for (const Period* period : *event.periods()) {
        state.periods.at(read(period->first())) = PeriodState{
            .period = read(period->period()),
            .year = year,
            .last = read(period->last()),
            .status = PeriodStatus::open};
        state.period_firsts.at(read(period->period())) = read(period->first());
    }
}

void apply(Books& state, const PeriodSoftClosed& event) {
    set_status(state, *event.period(), PeriodStatus::soft_closed);
}

void apply(Books& state, const PeriodClosed& event) {
    set_status(state, *event.period(), PeriodStatus::closed);
}

void apply(Books& state, const PeriodReopened& event) {
    set_status(state, *event.period(), PeriodStatus::open);
}

void apply(Books& state, const FiscalYearClosed& event) {
    FiscalYear& year = state.years.at(read(event.year()));
    DAYBOOK_ASSERT(!year.is_closed);
    year.is_closed = true;
}

void apply(Books& state, const FiscalYearReopened& event) {
    FiscalYear& year = state.years.at(read(event.year()));
    DAYBOOK_ASSERT(year.is_closed);
    year.is_closed = false;
}

}  // namespace daybook::accounting
