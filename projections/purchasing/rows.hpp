// Every table of purchasing by the events that change it.
#pragma once

#include "projections/purchasing/tables.hpp"

namespace daybook::purchasing {

// masters.cpp
void project(Rows<PolicyRow>& rows, const PurchasingPolicySet& event);

}  // namespace daybook::purchasing
