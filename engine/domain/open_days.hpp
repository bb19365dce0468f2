// The fiscal years of a book and which of their periods are open: the one answer to "on which day
// does this count in the accounts?" Accounting decides about periods; every module that dates
// values keeps the same container, told by the same events, so that all of them always agree:
//
//   struct Stock { OpenDays days; ... };
//   void listen(Stock& state, const accounting::PeriodClosed& event) { state.days.learn(event); }
//
// and so for FiscalYearOpened, PeriodSoftClosed, PeriodClosed, PeriodReopened, FiscalYearClosed
// and FiscalYearReopened.
#pragma once

#include "engine/domain/read.hpp"
#include "engine/domain/state.hpp"
#include "schemas/accounting.hpp"

namespace daybook {

// Periods follow each other without overlapping. Those of a closed year are closed.
struct PeriodState {
    Id period;
    Id year;
    Date last;
    accounting::PeriodStatus status = accounting::PeriodStatus::none;
};
struct FiscalYearState {
    Date first;
    Date last;
    bool is_closed = false;
};

class OpenDays {
 public:
    using Entry = std::pair<const Date, PeriodState>;  // The key is the period's first day.

    // The day itself if its period is open, else the first open day after it. None if no fiscal
    // year reaches that far or no later period is open.
    [[nodiscard]] Date accounting_date(Date day) const {
        const Entry* period = period_of(day);
        if (period != nullptr && is_open(*period)) return day;
        const Entry* later = first_open_from(day);
        return later == nullptr ? Date{} : later->first;
    }
    [[nodiscard]] static bool is_open(const Entry& period) {
        return period.second.status == accounting::PeriodStatus::open;
    }
    // Without any fiscal year there are no accounts to be dated.
    [[nodiscard]] bool has_years() const { return years_.size() > 0; }
    // Null if the day is in no fiscal year. Results are valid until the next learn().
    [[nodiscard]] const Entry* period_of(Date day) const {
        auto after = periods_.from(day.plus_days(1));
        if (after == periods_.begin_key()) return nullptr;
        const Entry& period = *--after;
        return day <= period.second.last ? &period : nullptr;
    }
    [[nodiscard]] const Entry* find_period(const Id& period) const {
        const Date* first = firsts_.find(period);
        return first == nullptr ? nullptr : &*periods_.from(*first);
    }
    // The first that begins on the day or later, or null.
    [[nodiscard]] const Entry* first_from(Date day) const {
        const auto found = periods_.from(day);
        return found == periods_.end() ? nullptr : &*found;
    }
    [[nodiscard]] const Entry* first_open_from(Date day) const {
        for (auto period = periods_.from(day); period != periods_.end(); ++period) {
            if (is_open(*period)) return &*period;
        }
        return nullptr;
    }
    // The first before the day that is not closed for good, or null.
    [[nodiscard]] const Entry* first_not_closed_before(Date day) const {
        for (auto period = periods_.begin_key(); period != periods_.from(day); ++period) {
            if (period->second.status != accounting::PeriodStatus::closed) return &*period;
        }
        return nullptr;
    }
    [[nodiscard]] const FiscalYearState* find_year(const Id& year) const {
        return years_.find(year);
    }

    void learn(const accounting::FiscalYearOpened& event) {
        const Id year = read(event.year());
        DAYBOOK_ASSERT(!years_.contains(year));
        years_.at(year) = {.first = read(event.first()), .last = read(event.last())};
        for (const accounting::Period* period : *event.periods()) {
            periods_.at(read(period->first())) = PeriodState{
                .period = read(period->period()),
                .year = year,
                .last = read(period->last()),
                .status = accounting::PeriodStatus::open};
            firsts_.at(read(period->period())) = read(period->first());
        }
    }
    void learn(const accounting::PeriodSoftClosed& event) {
        set_status(*event.period(), accounting::PeriodStatus::soft_closed);
    }
    void learn(const accounting::PeriodClosed& event) {
        set_status(*event.period(), accounting::PeriodStatus::closed);
    }
    void learn(const accounting::PeriodReopened& event) {
        set_status(*event.period(), accounting::PeriodStatus::open);
    }
    void learn(const accounting::FiscalYearClosed& event) {
        FiscalYearState& year = years_.at(read(event.year()));
        DAYBOOK_ASSERT(!year.is_closed);
        year.is_closed = true;
    }
    void learn(const accounting::FiscalYearReopened& event) {
        FiscalYearState& year = years_.at(read(event.year()));
        DAYBOOK_ASSERT(year.is_closed);
        year.is_closed = false;
    }

    // What every container of a module's state does; see state.hpp.
    void begin() {
        periods_.begin();
        firsts_.begin();
        years_.begin();
    }
    void commit() {
        periods_.commit();
        firsts_.commit();
        years_.commit();
    }
    void rollback() {
        periods_.rollback();
        firsts_.rollback();
        years_.rollback();
    }
    void save(Packer& packer) const {
        periods_.save(packer);
        firsts_.save(packer);
        years_.save(packer);
    }
    void load(Unpacker& unpacker) {
        periods_.load(unpacker);
        firsts_.load(unpacker);
        years_.load(unpacker);
    }

 private:
    void set_status(const accounting::Period& period, accounting::PeriodStatus status) {
        PeriodState& changed = periods_.at(read(period.first()));
        DAYBOOK_ASSERT(changed.period == read(period.period()));
        changed.status = status;
    }

    Sorted<PeriodState, Date> periods_;  // By their first day.
    Keyed<Date> firsts_;                 // By the period's id.
    Keyed<FiscalYearState> years_;
};

}  // namespace daybook
