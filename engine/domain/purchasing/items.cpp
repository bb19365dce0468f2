// Items as they are bought, suppliers' terms, where an item can be bought and at which price, and
// when it is to be bought again.

#include <fmt/format.h>

#include "engine/domain/purchasing/common.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

Check check_known_item(const Purchasing& state, Id item) {
    if (state.items.contains(item)) return Nothing{};
    return refuse(
        Refusal::item_unknown,
        "item",
        to_string(item),
        "an item that purchasing or inventory has defined"
    );
}

Check check_quantity(std::string_view field, Quantity quantity) {
    if (quantity.is_negative()) {
        return refuse(
            Refusal::quantity_negative, std::string{field}, to_string(quantity), "zero or more"
        );
    }
    if (quantity.milli() <= quantity_milli_max) return Nothing{};
    return refuse(
        Refusal::amount_too_large,
        std::string{field},
        to_string(quantity),
        "at most " + to_string(Quantity::from_milli(quantity_milli_max))
    );
}

Check check_price(UnitPrice price) {
    if (!is_known(price.currency())) {
        return refuse(
            Refusal::currency_unknown, "price", to_string(price), "a currency of ISO 4217"
        );
    }
    if (!price.is_negative()) return Nothing{};
    return refuse(Refusal::price_negative, "price", to_string(price), "zero or more");
}

}  // namespace

Decision decide(const Purchasing& state, const DefinePurchaseItem& command) {
    const Id id = read(command.item());
    const Item known = state.items.get(id);
    if (text(command.name()).empty()) {
        return refuse(Refusal::name_missing, "name", "none", "the item's name");
    }
    if (command.kind() == ItemKind::none) {
        return refuse(Refusal::kind_missing, "kind", "none", "goods, service or charge");
    }
    const Id given = read_or_none(command.posting_group());
    const Id group = given.is_none() ? known.stock_posting_group : given;
    if (group.is_none()) {
        return refuse(
            Refusal::posting_group_missing,
            "posting_group",
            "none here or in inventory",
            "a posting group"
        );
    }

    PurchaseItemDefinedT event;
    event.item = id;
    event.kind = command.kind();
    event.name = copy(command.name());
    event.posting_group = group;
    event.tax_code = read_or_none(command.tax_code());
    event.is_active = command.is_active();
    return event;
}

Decision decide(const Purchasing& state, const SetSupplierTerms& command) {
    const Judged<Id> supplier = supplier_for(state, "supplier", read(command.supplier()));
    if (!supplier.ok()) return supplier.refused();
    const Currency currency = read_or_none(command.currency());
    if (currency != Currency::none && !is_known(currency)) {
        return refuse(
            Refusal::currency_unknown,
            "currency",
            std::string{code_of(currency)},
            "a currency of ISO 4217"
        );
    }

    SupplierTermsSetT event;
    event.supplier = supplier.value();
    event.currency = currency;
    event.tax_code = read_or_none(command.tax_code());
    event.due_days = command.due_days();
    event.due_end_of_month = command.due_end_of_month();
    event.bill_control = command.bill_control();
    return event;
}

Decision decide(const Purchasing& state, const SetItemSource& command) {
    const Id item = read(command.item());
    const Check known = check_known_item(state, item);
    if (!known.ok()) return known.refused();
    const Judged<Id> supplier = supplier_for(state, "supplier", read(command.supplier()));
    if (!supplier.ok()) return supplier.refused();
    const Quantity minimum = read_or_none(command.minimum_quantity());
    const Quantity multiple = read_or_none(command.multiple());
    const Check minimum_checked = check_quantity("minimum_quantity", minimum);
    if (!minimum_checked.ok()) return minimum_checked.refused();
    const Check multiple_checked = check_quantity("multiple", multiple);
    if (!multiple_checked.ok()) return multiple_checked.refused();

    ItemSourceSetT event;
    event.item = item;
    event.supplier = supplier.value();
    event.supplier_code = copy(command.supplier_code());
    event.lead_days = command.lead_days();
    event.minimum_quantity = minimum;
    event.multiple = multiple;
    event.rank = command.rank();
    event.is_active = command.is_active();
    return event;
}

Decision decide(const Purchasing& state, const SetSupplierPrice& command, const Context& context) {
    const Judged<Id> supplier = supplier_for(state, "supplier", read(command.supplier()));
    if (!supplier.ok()) return supplier.refused();
    const Id item = read(command.item());
    const Check known = check_known_item(state, item);
    if (!known.ok()) return known.refused();
    if (!state.sources.contains({item, supplier.value()})) {
        return refuse(
            Refusal::item_not_sourced,
            "item",
            fmt::format("{} of {}", to_string(item), to_string(supplier.value())),
            "an item that SetItemSource says the supplier has"
        );
    }
    const UnitPrice price = read(command.price());
    const Check priced = check_price(price);
    if (!priced.ok()) return priced.refused();
    const Quantity from = read_or_none(command.from_quantity());
    const Check quantity = check_quantity("from_quantity", from);
    if (!quantity.ok()) return quantity.refused();
    const Date valid_from = date_or_today(command.valid_from(), context);
    const Date valid_until = read_or_none(command.valid_until());
    if (!valid_until.is_none() && valid_until < valid_from) {
        return refuse(
            Refusal::validity_reversed,
            "valid_until",
            to_string(valid_until),
            fmt::format("{} or later", to_string(valid_from))
        );
    }

    SupplierPriceSetT event;
    event.supplier = supplier.value();
    event.item = item;
    event.price = price;
    event.from_quantity = from;
    event.valid_from = valid_from;
    event.valid_until = valid_until;
    return event;
}

Decision decide(const Purchasing& state, const SetReorderRule& command) {
    const Id item = read(command.item());
    const Check known = check_known_item(state, item);
    if (!known.ok()) return known.refused();
    const Id warehouse = read(command.warehouse());
    if (!state.places.contains(warehouse)) {
        return refuse(
            Refusal::warehouse_unknown,
            "warehouse",
            to_string(warehouse),
            "a place that inventory has defined"
        );
    }
    const Quantity point = read_or_none(command.reorder_point());
    const Quantity maximum = read_or_none(command.maximum());
    const Check checked = check_quantity("reorder_point", point);
    if (!checked.ok()) return checked.refused();
    const Check limited = check_quantity("maximum", maximum);
    if (!limited.ok()) return limited.refused();
    if (maximum <= point) {
        return refuse(
            Refusal::maximum_below_point,
            "maximum",
            to_string(maximum),
            fmt::format("more than the reorder point, {}", to_string(point))
        );
    }

    ReorderRuleSetT event;
    event.item = item;
    event.warehouse = warehouse;
    event.reorder_point = point;
    event.maximum = maximum;
    event.is_active = command.is_active();
    return event;
}

void apply(Purchasing& state, const PurchaseItemDefined& event) {
    Item& item = state.items.at(read(event.item()));
    item.kind = event.kind();
    item.posting_group = read(event.posting_group());
    item.tax_code = read_or_none(event.tax_code());
    item.is_active = event.is_active();
    DAYBOOK_ASSERT(item.kind != ItemKind::none);
}

void apply(Purchasing& state, const SupplierTermsSet& event) {
    state.supplier_terms.at(read(event.supplier())) = {
        .currency = read_or_none(event.currency()),
        .tax_code = read_or_none(event.tax_code()),
        .due_days = event.due_days(),
        .due_end_of_month = event.due_end_of_month(),
        .bill_control = event.bill_control()};
}

void apply(Purchasing& state, const ItemSourceSet& event) {
    state.sources.at({read(event.item()), read(event.supplier())}) = {
        .lead_days = event.lead_days(),
        .rank = event.rank(),
        .is_active = event.is_active(),
        .minimum_quantity = read(event.minimum_quantity()),
        .multiple = read(event.multiple())};
}

void apply(Purchasing& state, const SupplierPriceSet& event) {
    const UnitPrice price = read(event.price());
    state.prices.at(
        {.supplier = read(event.supplier()),
         .item = read(event.item()),
         .valid_from = read(event.valid_from()),
         .from_quantity = read(event.from_quantity()),
         .currency = price.currency()}
    ) = {.price = price, .valid_until = read_or_none(event.valid_until())};
}

void apply(Purchasing& state, const ReorderRuleSet& event) {
    state.reorder_rules.at({read(event.item()), read(event.warehouse())}) = {
        .reorder_point = read(event.reorder_point()),
        .maximum = read(event.maximum()),
        .is_active = event.is_active()};
}

}  // namespace daybook::purchasing
