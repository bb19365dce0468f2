// Refused with: cannot convert|could not convert|conversion from|no viable|no known conversion
#include "engine/base/quantity.hpp"

daybook::Quantity three() {
#ifdef MUST_FAIL
    return 3;
#endif
    return daybook::Quantity::from_milli(3000);
}
