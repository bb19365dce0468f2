// Every rule of the module by name: what each file decides, applies and listens to.
#pragma once

#include "engine/domain/inventory/stock.hpp"

namespace daybook::inventory {

// items.cpp
Decision decide(const Stock&, const DefineStockItem&);
void apply(Stock&, const StockItemDefined&);

// places.cpp
Decision decide(const Stock&, const DefineLocation&);
void apply(Stock&, const LocationDefined&);

}  // namespace daybook::inventory
