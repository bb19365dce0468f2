// The periods of totals.
#include "projections/core/two_time.hpp"

namespace daybook {

const char* name_of(Grain grain) {
    switch (grain) {
        case Grain::year: return "year";
        case Grain::month: return "month";
        case Grain::day: return "day";
    }
    return "day";
}

Date period_start(Grain grain, Date day) {
    DAYBOOK_ASSERT(!day.is_none());
    if (grain == Grain::day) return day;
    const auto into_month = static_cast<std::int32_t>(day.day()) - 1;
    const Date month = day.plus_days(-into_month);
    if (grain == Grain::month) return month;
    return month.plus_months(1 - static_cast<int>(day.month()));
}

}  // namespace daybook
