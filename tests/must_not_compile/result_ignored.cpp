// Refused with: Werror=unused-result|ignoring return
#pragma GCC diagnostic error "-Wunused-result"
#include "engine/base/date.hpp"

void read_day() {
    (void)daybook::parse_date("2026-03-31");
#ifdef MUST_FAIL
    daybook::parse_date("2026-03-31");
#endif
}
