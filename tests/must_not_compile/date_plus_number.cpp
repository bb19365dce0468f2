// Refused with: no match for|invalid operands|no viable
#include "engine/base/date.hpp"

daybook::Date tomorrow(daybook::Date today) {
#ifdef MUST_FAIL
    return today + 1;
#endif
    return today.plus_days(1);
}
