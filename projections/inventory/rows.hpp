// Every table of inventory by the events that change it.
#pragma once

#include "projections/inventory/tables.hpp"

namespace daybook::inventory {

// masters.cpp
void project(Rows<ItemRow>& rows, const StockItemDefined& event);
void project(Rows<LocationRow>& rows, const LocationDefined& event);

}  // namespace daybook::inventory
