// Places: warehouses, and what is inside them, as a tree.

#include <fmt/format.h>

#include "engine/domain/inventory/lines.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

// What is put out of use holds nothing, nor does what is inside it.
Judged<Nothing> check_empty(const Stock& state, const Id& location) {
    for (auto it = state.in_locations.begin_key(); it != state.in_locations.end(); ++it) {
        if (!is_inside(state, it->first.location, location)) continue;
        const std::int64_t there = state.quantities.find(it->second)->total();
        if (there == 0) continue;
        return no(
            Refusal::location_not_empty,
            "is_active",
            fmt::format(
                "{} {} at {}",
                to_string(Quantity::from_milli(there)),
                to_string(it->first.item),
                to_string(it->first.location)
            ),
            "a place where nothing lies"
        );
    }
    return Nothing{};
}

}  // namespace

Decision decide(const Stock& state, const DefineLocation& command) {
    const Id location = read(command.location());
    const Id parent = read_or_none(command.parent());
    const Location* before = state.locations.find(location);
    const Location* around = state.locations.find(parent);

    if (text(command.name()).empty()) {
        return {Refusal::name_missing, {"name", "none", "the place's name"}};
    }
    if (command.kind() == LocationKind::none) {
        return {Refusal::kind_missing, {"kind", "none", "internal, transit, supplier, ..."}};
    }
    if (before != nullptr && (before->kind != command.kind() || before->parent != parent)) {
        return {
            Refusal::location_kind_fixed,
            {"kind",
             fmt::format("{} in {}", EnumNameLocationKind(command.kind()), to_string(parent)),
             fmt::format(
                 "{} in {}, as it was defined",
                 EnumNameLocationKind(before->kind),
                 to_string(before->parent)
             )}};
    }
    if (before != nullptr && before->is_active && !command.is_active()) {
        if (auto empty = check_empty(state, location); !empty.ok()) return empty.refused();
    }
    if (!parent.is_none() && around == nullptr) {
        return {
            Refusal::location_unknown, {"parent", to_string(parent), "a place that was defined"}};
    }
    if (around != nullptr && around->kind != command.kind()) {
        return {
            Refusal::parent_kind_differs,
            {"parent",
             fmt::format("{} is {}", to_string(parent), EnumNameLocationKind(around->kind)),
             fmt::format("a place of the kind {}", EnumNameLocationKind(command.kind()))}};
    }

    LocationDefinedT event;
    event.location = location;
    event.name = copy(command.name());
    event.kind = command.kind();
    event.parent = parent;
    event.warehouse = around == nullptr ? location : around->warehouse;
    event.is_active = command.is_active();
    return event;
}

void apply(Stock& state, const LocationDefined& event) {
    Location& place = state.locations.at(read(event.location()));
    DAYBOOK_ASSERT(place.kind == LocationKind::none || place.kind == event.kind());
    place = {
        .kind = event.kind(),
        .is_active = event.is_active(),
        .parent = read_or_none(event.parent()),
        .warehouse = read(event.warehouse())};
}

}  // namespace daybook::inventory
