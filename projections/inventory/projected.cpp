// What will be there: on hand, with what is ordered, without what is held for somebody. And what of
// that is too little, or less than nothing.
#include <fmt/format.h>

#include <set>

#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

using Expected = TwoTimeSums<expected, past_expected>;

// An event's changes depend on what was there before it, so they are read from its rows.
Expected expected_at(const Query& query, std::uint64_t known_at) {
    return Expected{query, known_at, [&query](EventBytes event, const auto& post) {
                        const std::uint64_t position = header_of(event).position();
                        query.scan<expected_changes>(position, [&](const ExpectedChangeRow& row) {
                            const ExpectedSum sum{row.ordered, row.reserved, row.under_way};
                            post({row.item, row.warehouse}, row.day, sum);
                        });
                    }};
}

struct Projected {
    Quantity on_hand;
    ExpectedSum expected;

    [[nodiscard]] Quantity projected() const {
        return on_hand + expected.ordered - expected.reserved;
    }
};

std::map<Id, Projected> projected_by_item(const Query& query, const ReportRequest& request) {
    const Id only = id_option(request, "item");
    std::map<Id, Projected> all;
    for (const auto& [item, sum] : sums_by_item(query, request, request.as_of, only)) {
        all[item].on_hand = sum.quantity;
    }
    const Expected expected_then = expected_at(query, request.known_at);
    for (const auto& [key, sum] : only.is_none() ? expected_then.sums(request.as_of)
                                                 : expected_then.sums_under(request.as_of, only)) {
        two_time_detail::add_to(all[key.item].expected, sum);
    }
    return all;
}

using ItemPlace = std::pair<Id, Id>;  // An item and a warehouse.

// What is under way is told by where it goes, not by where it is.
std::map<ItemPlace, Projected> projected_by_place(
    const Query& query, const ReportRequest& request
) {
    const Id only = id_option(request, "item");
    std::map<ItemPlace, Projected> all;
    std::set<Id> internal;
    query.scan<locations>([&](const LocationRow& row) {
        if (row.kind == LocationKind::internal) internal.insert(row.location);
    });
    const Places places = places_at(query, request.known_at);
    for (const auto& [key, sum] :
         only.is_none() ? places.sums(request.as_of) : places.sums_under(request.as_of, only)) {
        if (!internal.contains(key.location)) continue;
        all[{key.item, key.warehouse}].on_hand += sum.quantity;
    }
    const Expected expected_then = expected_at(query, request.known_at);
    for (const auto& [key, sum] : only.is_none() ? expected_then.sums(request.as_of)
                                                 : expected_then.sums_under(request.as_of, only)) {
        all[{key.item, key.warehouse}].expected = sum;
    }
    return all;
}

bool is_nothing(const Projected& each) {
    return each.on_hand.is_zero() && each.expected.ordered.is_zero() &&
           each.expected.reserved.is_zero();
}

}  // namespace

Result<ReportTable> run_projected(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Projected stock"};
    table.columns = {
        {"item", "Item", ValueType::id},
        {"name", "Name"},
        {"on_hand", "On hand", ValueType::quantity, Align::right},
        {"ordered", "Ordered", ValueType::quantity, Align::right},
        {"reserved", "Reserved", ValueType::quantity, Align::right},
        {"available", "Available", ValueType::quantity, Align::right},
        {"projected", "Projected", ValueType::quantity, Align::right},
    };
    ItemNames names{query};
    for (const auto& [item, each] : projected_by_item(query, request)) {
        if (is_nothing(each)) continue;
        table.rows.push_back(
            {.key = to_string(item),
             .cells =
                 {item,
                  names.of(item).name,
                  each.on_hand,
                  each.expected.ordered,
                  each.expected.reserved,
                  each.on_hand - each.expected.reserved,
                  each.projected()}}
        );
    }
    return table;
}

Result<ReportTable> run_reorder(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Items to reorder"};
    table.columns = {
        {"item", "Item", ValueType::id},
        {"name", "Name"},
        {"warehouse", "Warehouse", ValueType::id},
        {"projected", "Projected", ValueType::quantity, Align::right},
        {"reorder_point", "Reorder point", ValueType::quantity, Align::right},
        {"maximum", "Maximum", ValueType::quantity, Align::right},
        {"missing", "Missing", ValueType::quantity, Align::right},
    };
    const auto projected = projected_by_place(query, request);
    const Id only = id_option(request, "item");
    ItemNames names{query};
    query.scan<reorder_rules>([&](const ReorderRuleRow& rule) {
        if (!rule.is_active || (!only.is_none() && rule.item != only)) return;
        const auto place = projected.find({rule.item, rule.warehouse});
        const Quantity there = place == projected.end()
                                   ? Quantity{}
                                   : place->second.projected() + place->second.expected.under_way;
        if (there > rule.reorder_point) return;
        table.rows.push_back(
            {.key = to_string(rule.item),
             .cells =
                 {rule.item,
                  names.of(rule.item).name,
                  rule.warehouse,
                  there,
                  rule.reorder_point,
                  rule.maximum,
                  rule.maximum - there}}
        );
    });
    return table;
}

Result<ReportTable> run_negative(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Negative stock"};
    table.columns = {
        {"item", "Item", ValueType::id},
        {"name", "Name"},
        {"warehouse", "Warehouse", ValueType::id},
        {"location", "Location", ValueType::id},
        {"lot", "Lot", ValueType::id},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
        {"value", "Value", ValueType::money, Align::right},
    };
    ItemNames names{query};
    for (const ValuedPlace& place :
         valued_places(query, request, request.as_of, id_option(request, "item"))) {
        if (!place.quantity.is_negative()) continue;
        const OnHandKey& key = place.key;
        table.rows.push_back(
            {.key = fmt::format(
                 "{}|{}|{}|{}",
                 to_string(key.item),
                 to_string(key.warehouse),
                 to_string(key.location),
                 to_string(key.lot)
             ),
             .cells =
                 {key.item,
                  names.of(key.item).name,
                  value_of(key.warehouse),
                  value_of(key.location),
                  value_of(key.lot),
                  place.quantity,
                  place.value}}
        );
    }
    return table;
}

namespace {

Positions projected_positions(const Query& query, const ReportRequest& request, const Id& item) {
    Positions positions;
    each_card_row(query, request, item, [&](const CardRow& row) {
        positions.push_back(row.position);
    });
    query.scan<expected_days>(item, [&](const ExpectedDayRow& row) {
        if (row.day > request.as_of || row.position >= request.known_at) return;
        positions.push_back(row.position);
    });
    return positions;
}

}  // namespace

Result<Positions> explain_projected(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id item, parse_id(key));
    return found(projected_positions(query, request, item), key);
}

Result<Positions> explain_reorder(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id item, parse_id(key));
    Positions positions = projected_positions(query, request, item);
    query.scan<reorder_rules>(item, [&](const ReorderRuleRow& rule) {
        if (rule.position < request.known_at) positions.push_back(rule.position);
    });
    return found(std::move(positions), key);
}

}  // namespace daybook::inventory
