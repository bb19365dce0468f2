// What left and what came back, and what was invoiced of each delivery.

#include "projections/sales/rows.hpp"

namespace daybook::sales {

void project(Rows<DeliveryRow>& rows, const GoodsDelivered& event, const EventHeader& header) {
    rows.put(
        {.delivery = read(event.delivery()),
         .order = read_or_none(event.order()),
         .party = read(event.party()),
         .date = read(event.date()),
         .warehouse = read_or_none(event.warehouse()),
         .reference = copy(event.reference()),
         .position = header.position()}
    );
}

void project(Rows<DeliveryLineRow>& rows, const GoodsDelivered& event) {
    std::uint16_t number = 0;
    for (const DeliveredLine* line : *event.lines()) {
        rows.put(
            {.delivery = read(event.delivery()),
             .line = ++number,
             .item = read(line->item()),
             .lot = read(line->lot()),
             .order_line = line->order_line(),
             .quantity = read(line->quantity())}
        );
    }
}

void project(Rows<DeliveryLineRow>& rows, const GoodsReturned& event) {
    for (const ReturnedLine* line : *event.lines()) {
        DeliveryLineRow& row = rows.at(read(event.delivery()), line->delivery_line());
        row.returned += read(line->quantity());
        DAYBOOK_ASSERT(row.returned <= row.quantity);
    }
}

void project(Rows<DeliveryLineRow>& rows, const InvoiceIssued& event) {
    const Id delivery = read_or_none(event.delivery());
    if (delivery.is_none()) return;
    for (const PricedLine* line : *event.lines()) {
        if (line->delivery_line() == 0) continue;
        rows.at(delivery, line->delivery_line()).invoiced += read(line->quantity());
    }
}

void project(Rows<ReturnRow>& rows, const GoodsReturned& event, const EventHeader& header) {
    rows.put(
        {.goods_return = read(event.goods_return()),
         .delivery = read(event.delivery()),
         .order = read_or_none(event.order()),
         .party = read(event.party()),
         .date = read(event.date()),
         .warehouse = read_or_none(event.warehouse()),
         .is_replaced = event.is_replaced(),
         .reason = copy(event.reason()),
         .position = header.position()}
    );
}

void project(Rows<ReturnLineRow>& rows, const GoodsReturned& event) {
    std::uint16_t number = 0;
    for (const ReturnedLine* line : *event.lines()) {
        rows.put(
            {.goods_return = read(event.goods_return()),
             .line = ++number,
             .item = read(line->item()),
             .lot = read(line->lot()),
             .delivery_line = line->delivery_line(),
             .quantity = read(line->quantity()),
             .is_restocked = line->is_restocked()}
        );
    }
}

}  // namespace daybook::sales
