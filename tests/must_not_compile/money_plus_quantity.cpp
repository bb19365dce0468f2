// Refused with: no match for|invalid operands|no viable
#include "engine/base/money.hpp"

void add(daybook::Money& money, daybook::Quantity quantity) {
    money += money;
    (void)quantity;
#ifdef MUST_FAIL
    money += quantity;
#endif
}
