// What is on hand and what it is worth, on any day, as known at any position: by item, warehouse,
// place or lot.
#include <algorithm>

#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

enum class Detail : std::uint8_t { item, warehouse, location, lot };

Detail detail_of(const ReportRequest& request) {
    const std::string by = text_option(request, "by", "item");
    if (by == "warehouse") return Detail::warehouse;
    if (by == "location") return Detail::location;
    return by == "lot" ? Detail::lot : Detail::item;
}

struct Line {
    OnHandKey key;
    Quantity quantity;
    Money value;
    Money allowance;
};

// The place without what the report does not ask for.
OnHandKey reduced(OnHandKey key, Detail detail) {
    if (detail < Detail::lot) key.lot = {};
    if (detail < Detail::location) key.location = {};
    if (detail < Detail::warehouse) key.warehouse = {};
    return key;
}

std::vector<Line> lines_by_item(const Query& query, const ReportRequest& request) {
    std::vector<Line> lines;
    for (const auto& [item, sum] :
         sums_by_item(query, request, request.as_of, id_option(request, "item"))) {
        lines.push_back({{.item = item}, sum.quantity, sum.value, sum.allowance});
    }
    return lines;
}

std::vector<Line> lines_by_place(
    const Query& query, const ReportRequest& request, Detail detail, const Id& warehouse
) {
    const auto order = [](const OnHandKey& a, const OnHandKey& b) {
        return std::tie(a.item, a.warehouse, a.location, a.lot) <
               std::tie(b.item, b.warehouse, b.location, b.lot);
    };
    std::map<OnHandKey, Line, decltype(order)> lines{order};
    for (const ValuedPlace& place :
         valued_places(query, request, request.as_of, id_option(request, "item"))) {
        if (!warehouse.is_none() && place.key.warehouse != warehouse) continue;
        const OnHandKey key = reduced(place.key, detail);
        Line& line = lines.try_emplace(key, Line{.key = key}).first->second;
        line.quantity += place.quantity;
        line.value += place.value;
    }
    std::vector<Line> all;
    for (auto& [key, line] : lines) all.push_back(line);
    return all;
}

std::string key_of(const OnHandKey& key, Detail detail) {
    std::string text = to_string(key.item);
    if (detail >= Detail::warehouse) text += "|" + to_string(key.warehouse);
    if (detail >= Detail::location) text += "|" + to_string(key.location);
    if (detail >= Detail::lot) text += "|" + to_string(key.lot);
    return text;
}

std::vector<ReportColumn> columns_for(Detail detail) {
    std::vector<ReportColumn> columns{{"item", "Item", ValueType::id}, {"name", "Name"}};
    if (detail >= Detail::warehouse) columns.push_back({"warehouse", "Warehouse", ValueType::id});
    if (detail >= Detail::location) columns.push_back({"location", "Location", ValueType::id});
    if (detail >= Detail::lot) columns.push_back({"lot", "Lot", ValueType::id});
    columns.push_back({"quantity", "Quantity", ValueType::quantity, Align::right});
    columns.push_back({"unit", "Unit", ValueType::id});
    columns.push_back({"unit_cost", "Unit cost", ValueType::unit_price, Align::right});
    columns.push_back({"value", "Value", ValueType::money, Align::right});
    if (detail == Detail::item) {
        columns.push_back({"allowance", "Written down", ValueType::money, Align::right});
    }
    return columns;
}

ReportRow shown(const Line& line, const ItemRow& item, Detail detail) {
    ReportRow row{.key = key_of(line.key, detail)};
    row.cells.reserve(10);
    row.cells.emplace_back(line.key.item);
    row.cells.emplace_back(item.name);
    if (detail >= Detail::warehouse) row.cells.push_back(value_of(line.key.warehouse));
    if (detail >= Detail::location) row.cells.push_back(value_of(line.key.location));
    if (detail >= Detail::lot) row.cells.push_back(value_of(line.key.lot));
    row.cells.emplace_back(line.quantity);
    row.cells.push_back(value_of(item.unit));
    row.cells.push_back(unit_cost(line.value, line.quantity));
    row.cells.emplace_back(line.value);
    if (detail == Detail::item) row.cells.emplace_back(line.allowance);
    return row;
}

}  // namespace

Result<ReportTable> run_on_hand(const Query& query, const ReportRequest& request) {
    const Id warehouse = id_option(request, "warehouse");
    Detail detail = detail_of(request);
    if (!warehouse.is_none()) detail = std::max(detail, Detail::warehouse);
    const bool shows_all = boolean_option(request, "all", false);
    const auto shown_lines = detail == Detail::item
                                 ? lines_by_item(query, request)
                                 : lines_by_place(query, request, detail, warehouse);
    ReportTable table{.title = "Stock on hand", .columns = columns_for(detail)};
    ItemNames names{query};
    if (id_option(request, "item").is_none()) names.read_all();
    table.rows.reserve(shown_lines.size() + 1);
    Line total;
    for (const Line& line : shown_lines) {
        total.value += line.value;
        total.allowance += line.allowance;
        const bool is_nothing =
            line.quantity.is_zero() && line.value.is_zero() && line.allowance.is_zero();
        if (is_nothing && !shows_all) continue;
        table.rows.push_back(shown(line, names.of(line.key.item), detail));
    }
    ReportRow last{.kind = RowKind::total};
    last.cells.resize(table.columns.size());
    last.cells[0] = Value{};
    last.cells[1] = std::string{"Total"};
    last.cells[detail == Detail::item ? last.cells.size() - 2 : last.cells.size() - 1] =
        total.value;
    if (detail == Detail::item) last.cells.back() = total.allowance;
    table.rows.push_back(std::move(last));
    return table;
}

// By "item", "item|warehouse", "item|warehouse|location" or with the lot behind it.
Result<Positions> explain_place(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const auto parts = split_key(key);
    std::vector<Id> ids;
    for (const std::string& part : parts) {
        Id id;
        if (!part.empty()) {
            DAYBOOK_TRY(id, parse_id(part));
        }
        ids.push_back(id);
    }
    Positions positions;
    each_card_row(query, request, ids[0], [&](const CardRow& row) {
        const bool has_place = row.kind == CardKind::moved && !row.quantity.is_zero();
        if (has_place && ids.size() > 1 && row.warehouse != ids[1]) return;
        if (has_place && ids.size() > 2 && row.location != ids[2]) return;
        if (has_place && ids.size() > 3 && row.lot != ids[3]) return;
        positions.push_back(row.position);
    });
    return found(std::move(positions), key);
}

}  // namespace daybook::inventory
