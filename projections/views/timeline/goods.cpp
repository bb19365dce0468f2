// What purchasing tells, and what sales tells of goods that leave and come back.

#include "projections/views/timeline/rows.hpp"

namespace daybook::timeline {

void project(Entries& rows, const sales::GoodsDelivered& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "sales",
         .event = "goods delivered",
         .document = read(event.delivery()),
         .text = copy(event.reference())}
    );
}

void project(Entries& rows, const sales::GoodsReturned& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "sales",
         .event = "goods returned",
         .document = read(event.goods_return()),
         .text = copy(event.reason())}
    );
}

void project(Entries& rows, const purchasing::OrderPlaced& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.supplier()),
         .on = read(event.date()),
         .module = "purchasing",
         .event = "order placed",
         .document = read(event.order()),
         .text = copy(event.reference()),
         .amount = read(event.net())}
    );
}

void project(Entries& rows, const purchasing::GoodsReceived& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.supplier()),
         .on = read(event.date()),
         .module = "purchasing",
         .event = "goods received",
         .document = read(event.receipt()),
         .text = copy(event.delivery_note()),
         .amount = read(event.value())}
    );
}

void project(
    Entries& rows, const purchasing::GoodsReturnedToSupplier& event, const EventHeader& header
) {
    tell(
        rows,
        header,
        {.party = read(event.supplier()),
         .on = read(event.date()),
         .module = "purchasing",
         .event = "goods sent back",
         .document = read(event.goods_return()),
         .text = copy(event.text()),
         .amount = read(event.value())}
    );
}

// A bill's gross is signed: a credit note lowers what is owed to the supplier.
void project(Entries& rows, const purchasing::BillMatched& event, const EventHeader& header) {
    if (event.is_release()) return;
    const Money gross = read(event.gross());
    tell(
        rows,
        header,
        {.party = read(event.supplier()),
         .on = read(event.date()),
         .module = "purchasing",
         .event = event.is_credit_note() ? "credit note received" : "bill received",
         .document = read(event.bill()),
         .text = copy(event.number()),
         .amount = gross.is_negative() ? -gross : gross,
         .owes = -gross}
    );
}

}  // namespace daybook::timeline
