// An item's stock ledger: every movement and every change of its cost, with what was on hand and
// what it was worth after each.
#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

constexpr const char* before_key = "before";  // Of what was brought forward.

struct Running {
    Quantity quantity;
    Money value;
};

std::vector<ReportColumn> ledger_columns() {
    return {
        {"date", "Date", ValueType::date},
        {"what", "What"},
        {"movement", "Movement", ValueType::id},
        {"source", "Source", ValueType::id},
        {"party", "Party", ValueType::id},
        {"location", "Location", ValueType::id},
        {"lot", "Lot", ValueType::id},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
        {"rate", "Rate", ValueType::unit_price, Align::right},
        {"value", "Value", ValueType::money, Align::right},
        {"on_hand", "On hand", ValueType::quantity, Align::right},
        {"stock_value", "Stock value", ValueType::money, Align::right},
    };
}

// "delivery", "delivery restated", "landed cost": with what the day of a restated issue was.
std::string what_of(const CardRow& row) {
    std::string text =
        row.kind == CardKind::written_down ? "written down" : EnumNameMoveReason(row.reason);
    for (char& c : text) {
        if (c == '_') c = ' ';
    }
    if (row.kind == CardKind::restated) text += " of " + to_string(row.date) + " restated";
    if (row.kind == CardKind::moved && row.date != row.accounting_date) {
        text += row.day == row.accounting_date ? " of " + to_string(row.date) + ", value"
                                               : ", valued on " + to_string(row.accounting_date);
    }
    if (row.is_provisional) text += " (provisional)";
    return text;
}

}  // namespace

Result<ReportTable> run_stock_ledger(const Query& query, const ReportRequest& request) {
    const Id item = id_option(request, "item");
    const Date from = date_option(request, "from", date_min);
    const std::string name = ItemNames{query}.of(item).name;
    ReportTable table{
        .title = "Stock ledger of " + to_string(item) + " " + name, .columns = ledger_columns()};
    Running running;
    if (from > date_min) {
        for (const auto& [key, sum] :
             pools_at(query, request.known_at).sums_under(from.plus_days(-1), item)) {
            running.quantity += sum.quantity;
            running.value += sum.value;
        }
        ReportRow row{.key = before_key, .cells = std::vector<Value>(table.columns.size())};
        row.cells[1] = std::string{"Brought forward"};
        row.cells[10] = running.quantity;
        row.cells[11] = running.value;
        table.rows.push_back(std::move(row));
    }
    each_card_row(query, request, item, [&](const CardRow& row) {
        if (row.day < from || row.kind == CardKind::written_down) return;
        running.quantity += row.quantity;
        running.value += row.value;
        const bool has_quantity = !row.quantity.is_zero();
        const bool is_restated = row.kind == CardKind::restated;  // Its own name says nothing.
        const bool is_rated = has_quantity && row.date == row.accounting_date;
        table.rows.push_back(
            {.key = std::to_string(row.position),
             .cells =
                 {row.day,
                  what_of(row),
                  value_of(is_restated ? row.source : row.movement),
                  value_of(is_restated ? Id{} : row.source),
                  value_of(row.party),
                  value_of(row.location),
                  value_of(row.lot),
                  has_quantity ? Value{row.quantity} : Value{},
                  is_rated ? unit_cost(row.value, row.quantity) : Value{},
                  row.value,
                  running.quantity,
                  running.value}}
        );
    });
    return table;
}

Result<Positions> explain_card(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const Date from = date_option(request, "from", date_min);
    Positions positions;
    each_card_row(query, request, id_option(request, "item"), [&](const CardRow& row) {
        const bool is_its =
            key == before_key ? row.day < from : std::to_string(row.position) == key;
        if (is_its) positions.push_back(row.position);
    });
    return found(std::move(positions), key);
}

}  // namespace daybook::inventory
