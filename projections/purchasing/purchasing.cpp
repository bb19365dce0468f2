// The projection of purchasing: which tables hear of which events, and its reports.

#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {

extern constinit const Projection projection =
    projection_of<policies, Events<EventTraits, PurchasingPolicySet>>();

}  // namespace daybook::purchasing
