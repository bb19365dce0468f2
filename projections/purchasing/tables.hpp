// The tables of purchasing.
#pragma once

#include "projections/core/projection.hpp"
#include "schemas/purchasing.hpp"

namespace daybook::purchasing {

// The policy that holds: one row.
struct PolicyRow {
    Id policy;
    Rate over_delivery;
    Rate under_delivery;
    Rate bill_quantity;
    Rate bill_price;
    Money bill_price_max;
    Money order_free_up_to;
    BillControl bill_control = BillControl::on_receipt;
};

inline constexpr auto policies = table<PolicyRow>(
    "policies",
    key("policy", &PolicyRow::policy),
    column("over_delivery", &PolicyRow::over_delivery),
    column("under_delivery", &PolicyRow::under_delivery),
    column("bill_quantity", &PolicyRow::bill_quantity),
    column("bill_price", &PolicyRow::bill_price),
    column("bill_price_max", &PolicyRow::bill_price_max),
    column("order_free_up_to", &PolicyRow::order_free_up_to),
    column("bill_control", &PolicyRow::bill_control, &EnumNameBillControl)
);

}  // namespace daybook::purchasing
