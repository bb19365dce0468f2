// Items: what can be kept in stock, in which units, and how it is tracked.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

std::string unit_path(std::size_t index, std::string_view field) {
    return fmt::format("units[{}].{}", index, field);
}

Judged<Nothing> check_units(const DefineStockItem& command, const Id& stock_unit) {
    if (command.units() == nullptr) return Nothing{};
    if (command.units()->size() > units_max) {
        return no(
            Refusal::too_many_lines,
            "units",
            fmt::format("{}", command.units()->size()),
            fmt::format("at most {}", units_max)
        );
    }
    std::vector<Id> seen{stock_unit};
    for (std::size_t i = 0; i < command.units()->size(); ++i) {
        const UnitConversion& unit = *command.units()->Get(static_cast<unsigned>(i));
        const Id name = read(unit.unit());
        if (std::ranges::find(seen, name) != seen.end()) {
            return no(
                Refusal::unit_taken_twice,
                unit_path(i, "unit"),
                to_string(name) + " twice",
                "each unit once, the stock unit included"
            );
        }
        seen.push_back(name);
        if (unit.numerator() == 0 || unit.denominator() == 0) {
            return no(
                Refusal::conversion_not_positive,
                unit_path(i, "numerator"),
                fmt::format("{}/{}", unit.numerator(), unit.denominator()),
                "more than zero, above and below"
            );
        }
        if (unit.numerator() > conversion_max || unit.denominator() > conversion_max) {
            return no(
                Refusal::conversion_too_large,
                unit_path(i, "numerator"),
                fmt::format("{}/{}", unit.numerator(), unit.denominator()),
                fmt::format("at most {}, above and below", conversion_max)
            );
        }
    }
    return Nothing{};
}

Judged<Nothing> check_attributes(const DefineStockItem& command) {
    if (command.attributes() == nullptr) return Nothing{};
    if (command.attributes()->size() > attributes_max) {
        return no(
            Refusal::too_many_lines,
            "attributes",
            fmt::format("{}", command.attributes()->size()),
            fmt::format("at most {}", attributes_max)
        );
    }
    for (std::size_t i = 0; i < command.attributes()->size(); ++i) {
        const ItemAttribute& attribute = *command.attributes()->Get(static_cast<unsigned>(i));
        if (!text(attribute.name()).empty() && !text(attribute.value()).empty()) continue;
        return no(
            Refusal::attribute_missing,
            fmt::format("attributes[{}]", i),
            "no name or no value",
            "both, such as colour: red"
        );
    }
    return Nothing{};
}

Judged<Nothing> check_measures(const DefineStockItem& command) {
    if (read_or_none(command.weight()).is_negative()) {
        return no(
            Refusal::measure_negative,
            "weight",
            to_string(read(command.weight())),
            "zero or more kilograms"
        );
    }
    if (read_or_none(command.volume()).is_negative()) {
        return no(
            Refusal::measure_negative,
            "volume",
            to_string(read(command.volume())),
            "zero or more litres"
        );
    }
    return Nothing{};
}

// What has moved keeps what its quantities mean.
Judged<Nothing> check_fixed(const Item* before, const DefineStockItem& command, const Id& unit) {
    if (before == nullptr || !before->has_moved) return Nothing{};
    if (before->kind == command.kind() && before->tracking == command.tracking() &&
        before->unit == unit && before->group == read_or_none(command.group())) {
        return Nothing{};
    }
    return no(
        Refusal::item_in_use,
        "item",
        fmt::format(
            "{} {} tracked by {}",
            to_string(unit),
            EnumNameItemKind(command.kind()),
            EnumNameTracking(command.tracking())
        ),
        fmt::format(
            "{} {} tracked by {}, as it has moved",
            to_string(before->unit),
            EnumNameItemKind(before->kind),
            EnumNameTracking(before->tracking)
        )
    );
}

std::vector<std::unique_ptr<UnitConversionT>> copied_units(const DefineStockItem& command) {
    std::vector<std::unique_ptr<UnitConversionT>> units;
    if (command.units() == nullptr) return units;
    for (const UnitConversion* unit : *command.units()) units.emplace_back(unit->UnPack());
    return units;
}
std::vector<std::unique_ptr<ItemAttributeT>> copied_attributes(const DefineStockItem& command) {
    std::vector<std::unique_ptr<ItemAttributeT>> attributes;
    if (command.attributes() == nullptr) return attributes;
    for (const ItemAttribute* one : *command.attributes()) attributes.emplace_back(one->UnPack());
    return attributes;
}

}  // namespace

Decision decide(const Stock& state, const DefineStockItem& command) {
    const Id item = read(command.item());
    const Id given_unit = read_or_none(command.unit());
    const Id unit = given_unit.is_none() ? id_from_code("piece") : given_unit;
    const Id group = read_or_none(command.posting_group());
    const Id parent = read_or_none(command.template_());

    if (text(command.name()).empty()) {
        return no(Refusal::name_missing, "name", "none", "the item's name");
    }
    if (command.kind() == ItemKind::none) {
        return no(Refusal::kind_missing, "kind", "none", "stockable, consumable or service");
    }
    if (group.is_none()) {
        return no(Refusal::posting_group_missing, "posting_group", "none", "a posting group");
    }
    if (!parent.is_none() && (parent == item || !state.items.contains(parent))) {
        return no(
            Refusal::template_unknown, "template", to_string(parent), "another item, defined before"
        );
    }
    if (auto checked = check_attributes(command); !checked.ok()) return checked.refused();
    if (auto checked = check_units(command, unit); !checked.ok()) return checked.refused();
    if (auto checked = check_measures(command); !checked.ok()) return checked.refused();
    const Item* before = state.items.find(item);
    if (auto checked = check_fixed(before, command, unit); !checked.ok()) return checked.refused();

    StockItemDefinedT event;
    event.item = item;
    event.kind = command.kind();
    event.name = copy(command.name());
    event.template_ = parent;
    event.attributes = copied_attributes(command);
    event.unit = unit;
    event.units = copied_units(command);
    event.group = read_or_none(command.group());
    event.posting_group = group;
    event.tracking = command.tracking();
    event.shelf_life_days = command.shelf_life_days();
    event.weight = read_or_none(command.weight());
    event.volume = read_or_none(command.volume());
    event.is_active = command.is_active();
    return event;
}

void apply(Stock& state, const StockItemDefined& event) {
    Item& item = state.items.at(read(event.item()));
    DAYBOOK_ASSERT(!item.has_moved || item.unit == read(event.unit()));
    item.kind = event.kind();
    item.tracking = event.tracking();
    item.is_active = event.is_active();
    item.shelf_life_days = event.shelf_life_days();
    item.unit = read(event.unit());
    item.group = read_or_none(event.group());
    item.posting_group = read(event.posting_group());
    item.weight = read(event.weight());
    item.volume = read(event.volume());
    item.units.clear();
    if (event.units() == nullptr) return;
    for (const UnitConversion* unit : *event.units()) {
        item.units.push_back({read(unit->unit()), unit->numerator(), unit->denominator()});
    }
}

}  // namespace daybook::inventory
