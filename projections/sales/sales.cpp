// What sales shows: items, quotations, orders with their status, invoices, and their totals.
#include "projections/core/projection.hpp"

namespace daybook::sales {

extern constinit const Projection projection = join();

}  // namespace daybook::sales
