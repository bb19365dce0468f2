// The table of the sales module: which function serves which command and event.

#include "schemas/sales.hpp"

#include "engine/domain/module.hpp"

namespace daybook::sales {
namespace {

using Decision = daybook::Decision<EventRecordT, Refusal>;

struct Item {
    bool is_active = false;
};

struct Sales {
    Keyed<Item> items;
};

Decision decide(const Sales&, const DefineItem& command) {
    if (text(command.name()).empty()) return Refusal::name_missing;
    if (command.posting_group() == nullptr) return Refusal::posting_group_missing;

    ItemDefinedT event;
    event.item = read(command.item());
    event.name = copy(command.name());
    event.unit = command.unit() == nullptr ? "piece" : copy(command.unit());
    event.posting_group = read(command.posting_group());
    event.tax_code = read_or_none(command.tax_code());
    event.is_active = command.is_active();
    return event;
}

void apply(Sales& state, const ItemDefined& event) {
    state.items.at(read(event.item())).is_active = event.is_active();
}
template <class Event>
void apply(Sales&, const Event&) {}

}  // namespace

extern constinit const Module module = module_of<
    Sales,
    Commands<CommandTraits, DefineItem>,
    Events<
        EventTraits,
        ItemDefined,
        PriceListDefined,
        PriceSet,
        PaymentTermsDefined,
        CustomerTermsSet,
        NumberSeriesDefined,
        QuotationDrafted,
        QuotationSent,
        QuotationRevised,
        QuotationAccepted,
        QuotationDeclined,
        QuotationExpired,
        QuotationCancelled,
        OrderConfirmed,
        OrderAmended,
        OrderHeld,
        OrderReleased,
        OrderClosedShort,
        OrderCancelled,
        InvoiceIssued,
        CreditNoteIssued>>();

}  // namespace daybook::sales
