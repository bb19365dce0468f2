// How much a party owes and has ordered, and whether more is within its credit limit. Parties that
// were merged count together.
#pragma once

#include "engine/domain/sales/state.hpp"

namespace daybook::sales {

// What the party and those merged into it owe and have ordered, taxes included.
[[nodiscard]] Wide exposure_minor(const Sales&, Id party, Currency currency);
// Whether the party may owe or order this much more.
[[nodiscard]] Judged<Nothing> check_credit(const Sales&, Id party, Money more);

void add_to_orders(Sales&, Id party, Money change);
void add_to_receivables(Sales&, Id party, Money change);

}  // namespace daybook::sales
