// The projection of inventory: which tables hear of which events.

#include "projections/inventory/rows.hpp"

namespace daybook::inventory {

extern constinit const Projection projection = join(
    projection_of<items, Events<EventTraits, StockItemDefined>>(),
    projection_of<locations, Events<EventTraits, LocationDefined>>()
);

}  // namespace daybook::inventory
