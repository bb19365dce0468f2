// The tables of inventory.
#pragma once

#include "projections/core/projection.hpp"
#include "schemas/inventory.hpp"

namespace daybook::inventory {

struct ItemRow {
    Id item;
    std::string name;
    ItemKind kind = ItemKind::none;
    Id unit;
    Id group;
    Id posting_group;
    Tracking tracking = Tracking::none;
    Id template_item;  // Of which it is a variant.
    std::uint32_t shelf_life_days = 0;
    Quantity weight;
    Quantity volume;
    bool is_active = false;
};
struct LocationRow {
    Id location;
    std::string name;
    LocationKind kind = LocationKind::none;
    Id parent;
    Id warehouse;
    bool is_active = false;
};

inline constexpr auto items = table<ItemRow>(
    "items",
    key("item", &ItemRow::item),
    column("name", &ItemRow::name),
    column("kind", &ItemRow::kind, &EnumNameItemKind),
    column("unit", &ItemRow::unit),
    column("group", &ItemRow::group),
    column("posting_group", &ItemRow::posting_group),
    column("tracking", &ItemRow::tracking, &EnumNameTracking),
    column("template", &ItemRow::template_item),
    column("shelf_life_days", &ItemRow::shelf_life_days),
    column("weight", &ItemRow::weight),
    column("volume", &ItemRow::volume),
    column("is_active", &ItemRow::is_active)
);
inline constexpr auto locations = table<LocationRow>(
    "locations",
    key("location", &LocationRow::location),
    column("name", &LocationRow::name),
    column("kind", &LocationRow::kind, &EnumNameLocationKind),
    column("parent", &LocationRow::parent),
    column("warehouse", &LocationRow::warehouse),
    column("is_active", &LocationRow::is_active)
);

}  // namespace daybook::inventory
