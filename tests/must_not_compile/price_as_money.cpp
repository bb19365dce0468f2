// Refused with: cannot convert|could not convert|no viable conversion|no matching
#include "engine/base/money.hpp"

daybook::Money total(daybook::UnitPrice price, daybook::Quantity quantity) {
#ifdef MUST_FAIL
    return price;
#endif
    return daybook::extend(price, quantity, daybook::Rate{}, daybook::Rounding::half_up).value();
}
