#include "cli/demo/stock_reports.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include "projections/core/registry.hpp"

namespace daybook::demo {
namespace {

std::size_t column_of(const ReportTable& table, std::string_view name) {
    const auto found = std::ranges::find(table.columns, name, &ReportColumn::name);
    DAYBOOK_ASSERT(found != table.columns.end());
    return static_cast<std::size_t>(found - table.columns.begin());
}

std::int64_t minor_of(const Value& cell) {
    const Money* money = std::get_if<Money>(&cell);
    return money == nullptr ? 0 : money->minor();
}

// A column's sum over the lines that are meant.
std::int64_t sum_of(
    const ReportTable& table,
    std::string_view column,
    const std::function<bool(const ReportRow&)>& is_meant = [](const ReportRow&) { return true; }
) {
    const std::size_t index = column_of(table, column);
    std::int64_t sum = 0;
    for (const ReportRow& row : table.rows) {
        if (row.kind == RowKind::line && is_meant(row)) sum += minor_of(row.cells[index]);
    }
    return sum;
}

}  // namespace

Result<ReportTable> StockReports::run(
    std::string_view name, const ReportRequest& request, std::int64_t& microseconds
) const {
    const Report* report = find_report(registered_projections(), name);
    DAYBOOK_ASSERT(report != nullptr);
    const auto begin = std::chrono::steady_clock::now();
    const Query query = follower_.query();
    DAYBOOK_TRY(ReportTable table, run_report(*report, query, request));
    const auto taken = std::chrono::steady_clock::now() - begin;
    microseconds = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
    return table;
}

Result<std::int64_t> StockReports::value_on(Date day, std::uint64_t known_at) {
    const ReportRequest request{.as_of = day, .known_at = known_at, .options = {{"item", item_}}};
    DAYBOOK_TRY(const auto table, run("stock-on-hand", request, microseconds_.on_hand));
    return sum_of(table, "value");
}

Result<std::int64_t> StockReports::ledger_value_on(Date day) {
    const Date first = day.plus_days(1 - static_cast<std::int32_t>(day.day()));
    const ReportRequest request{
        .as_of = day, .options = {{"item", item_}, {"from", to_string(first)}}};
    DAYBOOK_TRY(const auto table, run("stock-ledger", request, microseconds_.ledger));
    return minor_of(table.rows.back().cells[column_of(table, "stock_value")]);
}

Result<std::int64_t> StockReports::unproven_on(Date day) {
    DAYBOOK_TRY(const auto table, run("stock-proof", {.as_of = day}, microseconds_.proof));
    return sum_of(table, "difference");
}

Result<std::int64_t> StockReports::changed_between(std::uint64_t from, std::uint64_t to) {
    const ReportRequest request{
        .options = {{"from", std::to_string(from)}, {"to", std::to_string(to)}}};
    DAYBOOK_TRY(const auto table, run("what-changed", request, microseconds_.changed));
    const std::size_t figure = column_of(table, "figure");
    return sum_of(table, "difference", [&](const ReportRow& row) {
        const auto* name = std::get_if<std::string>(&row.cells[figure]);
        return name != nullptr && *name == "stock value";
    });
}

}  // namespace daybook::demo
