// Fiscal years and their periods. A closed period never changes; what becomes known later is
// accounted for on the first open day.

#include "engine/domain/accounting/rules.hpp"

#include <algorithm>
#include <memory>

namespace daybook::accounting {
namespace {

void set_status(Books& state, const Period& period, PeriodStatus status) {
    PeriodState& changed = state.periods.at(read(period.first()));
    DAYBOOK_ASSERT(changed.period == read(period.period()));
    changed.status = status;
}

constexpr std::size_t year_bytes_max = 4;
constexpr unsigned period_months_max = 12;
constexpr std::int32_t year_days_max = 2 * 366;

std::vector<Period> periods_between(Date first, Date last, int months) {
    std::vector<Period> periods;
    for (Date begin = first; begin <= last;) {
        const Date month = Date::of(begin.year(), begin.month(), 1);
        const Date end = std::min(last, month.plus_months(months).plus_days(-1));
        const Id name =
            id_from_code(to_string(begin).substr(0, std::string_view{"2026-03"}.size()));
        periods.emplace_back(wired(name), wired(begin), wired(end));
        begin = end.plus_days(1);
    }
    return periods;
}

// Null if there is no such period.
const PeriodState* find_period(const Books& state, const Id& period) {
    const Date* first = state.period_firsts.find(period);
    return first == nullptr ? nullptr : state.periods.find(*first);
}

Decision unknown_period(const Id& period) {
    return {
        Refusal::period_unknown,
        {"period", to_string(period), "a period of a fiscal year, such as 2026-03"}};
}

std::unique_ptr<Period> period_with(const Books& state, const Id& period) {
    const Date first = *state.period_firsts.find(period);
    return std::make_unique<Period>(
        wired(period), wired(first), wired(state.periods.find(first)->last)
    );
}

Decision check_reopening(const Books& state, const Id& period) {
    const PeriodState* found = find_period(state, period);
    if (found == nullptr) return unknown_period(period);
    if (state.years.get(found->year).is_closed) {
        return {
            Refusal::year_closed,
            {"period", to_string(found->year) + " is closed", "ReopenFiscalYear first"}};
    }
    if (found->status == PeriodStatus::open) {
        return {Refusal::period_already_open, {"period", to_string(period), "a closed period"}};
    }
    return {};
}

// Null if all periods before this one are closed.
const PeriodState* first_not_closed_before(const Books& state, Date first) {
    for (auto period = state.periods.begin_key(); period != state.periods.from(first); ++period) {
        if (period->second.status != PeriodStatus::closed) return &period->second;
    }
    return nullptr;
}

}  // namespace

Decision decide(const Books& state, const OpenFiscalYear& command) {
    const Id year = read(command.year());
    const Date first = read(command.first());
    const Date last = read(command.last());

    if (Decision no = check_book(state); no.is_refused()) return no;
    if (to_string(year).size() > year_bytes_max) {
        return {Refusal::id_too_long, {"year", to_string(year), "at most 4 characters"}};
    }
    if (state.years.contains(year)) {
        return {Refusal::year_exists, {"year", to_string(year), "a year not opened yet"}};
    }
    if (Decision no = check_day(first); no.is_refused()) return no;
    if (Decision no = check_day(last); no.is_refused()) return no;
    if (last < first || last > date_max.plus_days(-year_days_max) ||
        last.days() - first.days() >= year_days_max || command.period_months() == 0 ||
        command.period_months() > period_months_max) {
        return {
            Refusal::year_dates_wrong,
            {"last",
             to_string(first) + " to " + to_string(last),
             "at most two years, in periods of 1 to 12 months"}};
    }
    const auto* before = period_of(state, last);
    const auto after = state.periods.from(first);
    const bool has_inside = after != state.periods.end() && after->first <= last;
    if (before != nullptr || has_inside || period_of(state, first) != nullptr) {
        return {
            Refusal::years_overlap,
            {"first", to_string(first) + " to " + to_string(last), "days of no other year"}};
    }
    std::vector<Period> periods = periods_between(first, last, command.period_months());
    for (const Period& period : periods) {
        if (!state.period_firsts.contains(read(period.period()))) continue;
        return {
            Refusal::years_overlap,
            {"first", to_string(read(period.period())), "months of no other year"}};
    }

    return FiscalYearOpenedT{
        .year = year, .first = first, .last = last, .periods = std::move(periods)};
}

Decision decide(const Books& state, const SoftClosePeriod& command) {
    const Id period = read(command.period());

    const PeriodState* found = find_period(state, period);
    if (found == nullptr) return unknown_period(period);
    if (found->status != PeriodStatus::open) {
        return {
            Refusal::period_not_open,
            {"period",
             to_string(period) + " is " + EnumNamePeriodStatus(found->status),
             "an open period"}};
    }

    PeriodSoftClosedT event;
    event.period = period_with(state, period);
    return event;
}

Decision decide(const Books& state, const ClosePeriod& command) {
    const Id period = read(command.period());

    const PeriodState* found = find_period(state, period);
    if (found == nullptr) return unknown_period(period);
    if (found->status == PeriodStatus::closed) {
        return {
            Refusal::period_already_closed, {"period", to_string(period), "a period not closed"}};
    }
    const PeriodState* earlier = first_not_closed_before(state, *state.period_firsts.find(period));
    if (earlier != nullptr) {
        return {
            Refusal::earlier_period_open,
            {"period", to_string(earlier->period) + " is not closed", "ClosePeriod of that first"}};
    }

    PeriodClosedT event;
    event.period = period_with(state, period);
    return event;
}

Decision decide(const Books& state, const ReopenPeriod& command) {
    const Id period = read(command.period());

    if (text(command.reason()).empty()) return Refusal::text_missing;
    if (Decision no = check_reopening(state, period); no.is_refused()) return no;

    PeriodReopenedT event;
    event.period = period_with(state, period);
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Books& state, const CloseFiscalYear& command) {
    const Id year = read(command.year());

    const FiscalYear* found = state.years.find(year);
    if (found == nullptr) {
        return {Refusal::year_unknown, {"year", to_string(year), "a year that was opened"}};
    }
    if (found->is_closed) {
        return {Refusal::year_closed, {"year", to_string(year) + " is closed", "an open year"}};
    }
    const PeriodState* open = first_not_closed_before(state, found->last.plus_days(1));
    if (open != nullptr) {
        return {
            Refusal::period_open,
            {"year", to_string(open->period) + " is not closed", "ClosePeriod of each period"}};
    }

    return FiscalYearClosedT{.year = year};
}

Decision decide(const Books& state, const ReopenFiscalYear& command) {
    const Id year = read(command.year());

    if (text(command.reason()).empty()) return Refusal::text_missing;
    const FiscalYear* found = state.years.find(year);
    if (found == nullptr) {
        return {Refusal::year_unknown, {"year", to_string(year), "a year that was opened"}};
    }
    if (!found->is_closed) {
        return {Refusal::year_not_closed, {"year", to_string(year) + " is open", "a closed year"}};
    }

    return FiscalYearReopenedT{.year = year, .reason = copy(command.reason())};
}

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
