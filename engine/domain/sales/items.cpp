// Items, price lists and prices.

#include <fmt/format.h>

#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {

Decision decide(const Sales&, const DefineItem& command) {
    if (text(command.name()).empty()) {
        return Refused{Refusal::name_missing, {"name", "none", "the item's name"}};
    }
    const Id group = read_or_none(command.posting_group());
    if (group.is_none()) {
        return Refused{
            Refusal::posting_group_missing, {"posting_group", "none", "a posting group"}};
    }

    ItemDefinedT event;
    event.item = read(command.item());
    event.name = copy(command.name());
    event.unit = text(command.unit()).empty() ? "piece" : copy(command.unit());
    event.posting_group = group;
    event.tax_code = read_or_none(command.tax_code());
    event.is_active = command.is_active();
    return event;
}

Decision decide(const Sales& state, const DefinePriceList& command) {
    const Id list = read(command.price_list());
    const Currency currency = read(command.currency());
    if (text(command.name()).empty()) {
        return Refused{Refusal::name_missing, {"name", "none", "the price list's name"}};
    }
    if (!is_known(currency)) {
        return Refused{
            Refusal::currency_unknown,
            {"currency", std::string{code_of(currency)}, "a currency of ISO 4217"}};
    }
    if (state.price_lists.contains(list)) {
        return Refused{
            Refusal::price_list_exists,
            {"price_list", to_string(list), "the name of a new price list"}};
    }

    PriceListDefinedT event;
    event.price_list = list;
    event.name = copy(command.name());
    event.currency = currency;
    event.includes_tax = command.includes_tax();
    return event;
}

Decision decide(const Sales& state, const SetPrice& command, const Context& context) {
    const Id list_id = read(command.price_list());
    const Id item = read(command.item());
    const UnitPrice price = read(command.price());
    const Quantity from = read_or_none(command.from_quantity());
    const Date valid_from = date_or_today(command.valid_from(), context);
    const Date valid_until = read_or_none(command.valid_until());

    const PriceList* list = state.price_lists.find(list_id);
    if (list == nullptr) {
        return Refused{
            Refusal::price_list_unknown,
            {"price_list", to_string(list_id), "a price list that was defined"}};
    }
    if (!state.items.contains(item)) {
        return Refused{
            Refusal::item_unknown, {"item", to_string(item), "an item that was defined"}};
    }
    if (price.currency() != list->currency) {
        return Refused{
            Refusal::price_currency_differs,
            {"price", to_string(price), fmt::format("a price in {}", code_of(list->currency))}};
    }
    if (price.is_negative()) {
        return Refused{Refusal::price_negative, {"price", to_string(price), "zero or more"}};
    }
    if (from.is_negative()) {
        return Refused{
            Refusal::quantity_negative, {"from_quantity", to_string(from), "zero or more"}};
    }
    if (!valid_until.is_none() && valid_until < valid_from) {
        return Refused{
            Refusal::validity_reversed,
            {"valid_until",
             to_string(valid_until),
             fmt::format("{} or later", to_string(valid_from))}};
    }

    PriceSetT event;
    event.price_list = list_id;
    event.item = item;
    event.price = price;
    event.from_quantity = from;
    event.valid_from = valid_from;
    event.valid_until = valid_until;
    return event;
}

void apply(Sales& state, const ItemDefined& event) {
    state.items.at(read(event.item())) = {
        .posting_group = read(event.posting_group()),
        .tax_code = read_or_none(event.tax_code()),
        .is_active = event.is_active()};
}

void listen(Sales& state, const inventory::StockItemDefined& event) {
    const Id item = read(event.item());
    if (event.kind() == inventory::ItemKind::service) {
        state.goods.erase(item);
    } else {
        state.goods.at(item) = true;
    }
}

void apply(Sales& state, const PriceListDefined& event) {
    PriceList& list = state.price_lists.at(read(event.price_list()));
    DAYBOOK_ASSERT(list.currency == Currency::none);
    list = {.currency = read(event.currency()), .includes_tax = event.includes_tax()};
}

void apply(Sales& state, const PriceSet& event) {
    DAYBOOK_ASSERT(state.price_lists.contains(read(event.price_list())));
    state.prices.at(
        {read(event.price_list()),
         read(event.item()),
         read(event.valid_from()),
         read(event.from_quantity())}
    ) = {.price = read(event.price()), .valid_until = read_or_none(event.valid_until())};
}

}  // namespace daybook::sales
