// The rules, items and suppliers as they stand now.

#include "projections/purchasing/rows.hpp"

namespace daybook::purchasing {

void project(Rows<PolicyRow>& rows, const PurchasingPolicySet& event) {
    rows.put({
        .policy = id_from_code("all"),
        .over_delivery = read(event.over_delivery()),
        .under_delivery = read(event.under_delivery()),
        .bill_quantity = read(event.bill_quantity()),
        .bill_price = read(event.bill_price()),
        .bill_price_max = read(event.bill_price_max()),
        .order_free_up_to = read(event.order_free_up_to()),
        .bill_control = event.bill_control(),
    });
}

}  // namespace daybook::purchasing
