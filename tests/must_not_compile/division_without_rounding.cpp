// Refused with: no match for|invalid operands|no viable|too few arguments
#include "engine/base/money.hpp"

daybook::Money half(daybook::Money money) {
#ifdef MUST_FAIL
    return money / 2;
#endif
    return money.times(daybook::Rate::from_ppm(500'000), daybook::Rounding::half_even);
}
