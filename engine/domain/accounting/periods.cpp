// Fiscal years and their periods. A closed period never changes; what becomes known later is
// accounted for on the first open day.

#include "engine/domain/accounting/rules.hpp"

#include <algorithm>
#include <memory>

namespace daybook::accounting {
namespace {

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

Decision unknown_period(const Id& period) {
    return {
        Refusal::period_unknown,
        {"period", to_string(period), "a period of a fiscal year, such as 2026-03"}};
}

std::unique_ptr<Period> named(const OpenDays::Entry& period) {
    return std::make_unique<Period>(
        wired(period.second.period), wired(period.first), wired(period.second.last)
    );
}

Decision check_reopening(const Books& state, const Id& period) {
    const OpenDays::Entry* found = state.days.find_period(period);
    if (found == nullptr) return unknown_period(period);
    const Id year = found->second.year;
    if (state.days.find_year(year)->is_closed) {
        return {
            Refusal::year_closed,
            {"period", to_string(year) + " is closed", "ReopenFiscalYear first"}};
    }
    if (found->second.status == PeriodStatus::open) {
        return {Refusal::period_already_open, {"period", to_string(period), "a closed period"}};
    }
    return {};
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
    if (state.days.find_year(year) != nullptr) {
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
    const OpenDays::Entry* after = state.days.first_from(first);
    const bool has_inside = after != nullptr && after->first <= last;
    if (has_inside || state.days.period_of(first) != nullptr ||
        state.days.period_of(last) != nullptr) {
        return {
            Refusal::years_overlap,
            {"first", to_string(first) + " to " + to_string(last), "days of no other year"}};
    }
    std::vector<Period> periods = periods_between(first, last, command.period_months());
    for (const Period& period : periods) {
        if (state.days.find_period(read(period.period())) == nullptr) continue;
        return {
            Refusal::years_overlap,
            {"first", to_string(read(period.period())), "months of no other year"}};
    }

    return FiscalYearOpenedT{
        .year = year, .first = first, .last = last, .periods = std::move(periods)};
}

Decision decide(const Books& state, const SoftClosePeriod& command) {
    const Id period = read(command.period());

    const OpenDays::Entry* found = state.days.find_period(period);
    if (found == nullptr) return unknown_period(period);
    if (found->second.status != PeriodStatus::open) {
        return {
            Refusal::period_not_open,
            {"period",
             to_string(period) + " is " + EnumNamePeriodStatus(found->second.status),
             "an open period"}};
    }

    PeriodSoftClosedT event;
    event.period = named(*found);
    return event;
}

Decision decide(const Books& state, const ClosePeriod& command) {
    const Id period = read(command.period());

    const OpenDays::Entry* found = state.days.find_period(period);
    if (found == nullptr) return unknown_period(period);
    if (found->second.status == PeriodStatus::closed) {
        return {
            Refusal::period_already_closed, {"period", to_string(period), "a period not closed"}};
    }
    const OpenDays::Entry* earlier = state.days.first_not_closed_before(found->first);
    if (earlier != nullptr) {
        return {
            Refusal::earlier_period_open,
            {"period",
             to_string(earlier->second.period) + " is not closed",
             "ClosePeriod of that first"}};
    }

    PeriodClosedT event;
    event.period = named(*found);
    return event;
}

Decision decide(const Books& state, const ReopenPeriod& command) {
    const Id period = read(command.period());

    if (text(command.reason()).empty()) return Refusal::text_missing;
    if (Decision no = check_reopening(state, period); no.is_refused()) return no;

    PeriodReopenedT event;
    event.period = named(*state.days.find_period(period));
    event.reason = copy(command.reason());
    return event;
}

Decision decide(const Books& state, const CloseFiscalYear& command) {
    const Id year = read(command.year());

    const FiscalYearState* found = state.days.find_year(year);
    if (found == nullptr) {
        return {Refusal::year_unknown, {"year", to_string(year), "a year that was opened"}};
    }
    if (found->is_closed) {
        return {Refusal::year_closed, {"year", to_string(year) + " is closed", "an open year"}};
    }
    const OpenDays::Entry* open = state.days.first_not_closed_before(found->last.plus_days(1));
    if (open != nullptr) {
        return {
            Refusal::period_open,
            {"year",
             to_string(open->second.period) + " is not closed",
             "ClosePeriod of each period"}};
    }

    return FiscalYearClosedT{.year = year};
}

Decision decide(const Books& state, const ReopenFiscalYear& command) {
    const Id year = read(command.year());

    if (text(command.reason()).empty()) return Refusal::text_missing;
    const FiscalYearState* found = state.days.find_year(year);
    if (found == nullptr) {
        return {Refusal::year_unknown, {"year", to_string(year), "a year that was opened"}};
    }
    if (!found->is_closed) {
        return {Refusal::year_not_closed, {"year", to_string(year) + " is open", "a closed year"}};
    }

    return FiscalYearReopenedT{.year = year, .reason = copy(command.reason())};
}

void apply(Books& state, const FiscalYearOpened& event) {
    state.days.learn(event);
}
void apply(Books& state, const PeriodSoftClosed& event) {
    state.days.learn(event);
}
void apply(Books& state, const PeriodClosed& event) {
    state.days.learn(event);
}
void apply(Books& state, const PeriodReopened& event) {
    state.days.learn(event);
}
void apply(Books& state, const FiscalYearClosed& event) {
    state.days.learn(event);
}
void apply(Books& state, const FiscalYearReopened& event) {
    state.days.learn(event);
}

}  // namespace daybook::accounting
