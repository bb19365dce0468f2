#include "tests/support/explained_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "projections/core/explain.hpp"

namespace daybook {
namespace {

constexpr std::size_t rows_max = 150;  // Of longer reports, about so many spread over them.

// The cell's amount or count is zero; none if it has neither.
std::optional<bool> is_zero(const Value& cell) {
    if (const auto* const money = std::get_if<Money>(&cell)) return money->is_zero();
    if (const auto* const quantity = std::get_if<Quantity>(&cell)) return quantity->is_zero();
    if (const auto* const count = std::get_if<std::int64_t>(&cell)) return *count == 0;
    return std::nullopt;
}

// A total of no lines, what was brought forward of nothing.
bool is_nothing(const ReportRow& row) {
    bool has_amount = false;
    for (const Value& cell : row.cells) {
        const auto zero = is_zero(cell);
        if (zero == false) return false;
        has_amount = has_amount || zero.has_value();
    }
    return has_amount;
}

// As few of its first columns as single it out; all of them if none do.
std::vector<std::string> name_of(const ReportTable& table, const std::vector<std::string>& cells) {
    std::vector<std::string> words;
    for (const std::string& cell : cells) {
        words.push_back(cell);
        const auto found = find_row(table, words);
        if (found.ok() || found.error().code != ErrorCode::conflict) break;
    }
    return words;
}

}  // namespace

std::string unexplained_row(
    const Report& report, const Query& query, const ReportRequest& request
) {
    const auto ran = run_report(report, query, request);
    if (!ran.ok()) return ran.error().message;
    const ReportTable& table = ran.value();
    const std::size_t step = table.rows.size() / rows_max + 1;
    for (std::size_t i = 0; i < table.rows.size(); i += step) {
        const ReportRow& row = table.rows[i];
        std::vector<std::string> cells;
        for (const Value& cell : row.cells) cells.push_back(to_string(cell));
        const auto wrong = [&](const std::string& what) {
            return fmt::format("{}: row {} {}", report.name, fmt::join(cells, " | "), what);
        };
        const auto words = name_of(table, cells);
        const auto found = find_row(table, words);
        if (!found.ok()) return wrong("is not found: " + found.error().message);
        const bool is_it = found.value() == i || table.rows[found.value()].key == row.key;
        if (!is_it) return wrong("is taken for another");
        const auto positions = row.key.empty() ? explain_row(report, query, request, words)
                                               : report.explain(query, request, row.key);
        const bool is_explained = positions.ok() && !positions.value().empty();
        if (!is_explained && is_nothing(row)) continue;
        if (!positions.ok()) return wrong("is not explained: " + positions.error().message);
        if (!is_explained) return wrong("has no event behind it");
        if (positions.value().back() >= std::min(request.known_at, query.position())) {
            return wrong("is explained by what was not known");
        }
    }
    return "";
}

}  // namespace daybook
