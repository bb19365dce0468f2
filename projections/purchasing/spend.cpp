// What was spent, on whom and on what, and how far prices went from what was ordered.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "projections/purchasing/reports.hpp"

namespace daybook::purchasing {
namespace {

bool counts(const ReportRequest& request, const BillLineRow& line) {
    return line.position < request.known_at && line.accounting_date <= request.as_of &&
           line.accounting_date >= date_option(request, "from", date_min);
}

void each_bill_line(
    const Query& query,
    const ReportRequest& request,
    const std::function<void(const BillLineRow&)>& use
) {
    const Id supplier = id_option(request, "supplier");
    const Id item = id_option(request, "item");
    query.scan<bill_lines>([&](const BillLineRow& line) {
        if (!counts(request, line)) return;
        if (!supplier.is_none() && line.supplier != supplier) return;
        if (!item.is_none() && line.item != item) return;
        use(line);
    });
}

std::string month_of(Date day) {
    return fmt::format("{:04}-{:02}", day.year(), day.month());
}

Positions tidied(Positions positions) {
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

struct Spend {
    std::string month;
    Id supplier;
    Id item;
    Quantity quantity;
    Money base;
    std::int64_t parts = 0;
};

enum class SpendBy : std::uint8_t { supplier, item };

std::string key_of(const BillLineRow& line, SpendBy by, bool by_month) {
    const Id& id = by == SpendBy::supplier ? line.supplier : line.item;
    return to_string(id) + (by_month ? "|" + month_of(line.accounting_date) : "");
}

ReportTable spend_table(const Query& query, const ReportRequest& request, SpendBy by) {
    const bool by_month = boolean_option(request, "months", false);
    std::map<std::string, Spend> found;
    Money total;
    each_bill_line(query, request, [&](const BillLineRow& line) {
        if (line.is_release) return;
        Spend& spend = found[key_of(line, by, by_month)];
        if (by_month) spend.month = month_of(line.accounting_date);
        spend.supplier = line.supplier;
        spend.item = line.item;
        spend.quantity += line.quantity;
        spend.base += line.base;
        total += line.base;
    });
    std::vector<std::pair<std::string, Spend>> sorted{found.begin(), found.end()};
    std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) {
        if (a.second.month != b.second.month) return a.second.month < b.second.month;
        return a.second.base.minor() > b.second.base.minor();
    });
    const bool is_item = by == SpendBy::item;
    ReportTable table{.title = is_item ? "Spend by item" : "Spend by supplier"};
    table.columns = {
        {"month", "Month"},
        {is_item ? "item" : "supplier", is_item ? "Item" : "Supplier", ValueType::id},
        {"name", "Name"},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
        {"spent", "Spent", ValueType::money, Align::right}};
    for (const auto& [key, spend] : sorted) {
        const auto item = query.find<items>(spend.item);
        const std::string item_name = item ? item->name : std::string{};
        const std::string name = is_item ? item_name : name_of_supplier(query, spend.supplier);
        ReportRow row{.key = key};
        row.cells = {spend.month, is_item ? spend.item : spend.supplier, name, Value{}, spend.base};
        if (is_item) row.cells[3] = spend.quantity;
        table.rows.push_back(std::move(row));
    }
    ReportRow row{.kind = RowKind::total};
    row.cells = {std::string{"Total"}, Value{}, Value{}, Value{}, total};
    table.rows.push_back(std::move(row));
    return table;
}

}  // namespace

Result<ReportTable> run_spend_by_supplier(const Query& query, const ReportRequest& request) {
    return spend_table(query, request, SpendBy::supplier);
}
Result<ReportTable> run_spend_by_item(const Query& query, const ReportRequest& request) {
    return spend_table(query, request, SpendBy::item);
}

Result<ReportTable> run_price_variance(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Purchase price variance"};
    table.columns = {
        {"date", "Date", ValueType::date},
        {"bill", "Bill", ValueType::id},
        {"number", "Number"},
        {"supplier", "Supplier", ValueType::id},
        {"order", "Order", ValueType::id},
        {"line", "Line", ValueType::integer, Align::right},
        {"item", "Item", ValueType::id},
        {"receipt", "Receipt", ValueType::id},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
        {"expected", "As ordered", ValueType::money, Align::right},
        {"net", "As billed", ValueType::money, Align::right},
        {"price_variance", "Price variance", ValueType::money, Align::right},
        {"exchange_difference", "Exchange difference", ValueType::money, Align::right}};
    Money variance;
    Money exchange;
    each_bill_line(query, request, [&](const BillLineRow& line) {
        if (line.price_variance.is_zero() && line.exchange_difference.is_zero()) return;
        variance += line.price_variance;
        exchange += line.exchange_difference;
        table.rows.push_back(
            {.key = fmt::format("{}|{}", line.position, line.part),
             .cells =
                 {line.accounting_date,
                  line.bill,
                  line.number,
                  line.supplier,
                  line.order,
                  std::int64_t{line.order_line},
                  line.item,
                  line.receipt,
                  line.quantity,
                  line.expected,
                  line.net,
                  line.price_variance,
                  line.exchange_difference}}
        );
    });
    ReportRow row{.kind = RowKind::total};
    row.cells.resize(table.columns.size());
    row.cells[0] = std::string{"Total"};
    row.cells[11] = variance;
    row.cells[12] = exchange;
    table.rows.push_back(std::move(row));
    return table;
}

// The bill, and the receipt whose goods it prices.
Result<Positions> explain_price_variance(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    Positions positions;
    query.scan<bill_lines>([&](const BillLineRow& line) {
        if (!counts(request, line) || fmt::format("{}|{}", line.position, line.part) != key) return;
        positions.push_back(line.position);
        query.scan<line_moves>(line.order, line.order_line, [&](const LineMoveRow& move) {
            if (move.document == line.receipt) positions.push_back(move.position);
        });
    });
    if (positions.empty()) {
        return Error{ErrorCode::not_found, "no price variance " + std::string{key}};
    }
    return tidied(std::move(positions));
}

Result<Positions> explain_spend(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const std::size_t at = key.rfind('|');
    DAYBOOK_TRY(const Id id, parse_id(key.substr(0, at)));
    const std::string month{at == std::string_view::npos ? "" : key.substr(at + 1)};
    Positions positions;
    each_bill_line(query, request, [&](const BillLineRow& line) {
        if (line.is_release || (line.supplier != id && line.item != id)) return;
        if (!month.empty() && month_of(line.accounting_date) != month) return;
        positions.push_back(line.position);
    });
    return tidied(std::move(positions));
}

}  // namespace daybook::purchasing
