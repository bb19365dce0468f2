#include "projections/core/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace daybook {
namespace {

using Positions = std::vector<std::uint64_t>;
using Words = std::vector<std::string>;

constexpr std::size_t candidates_max = 10;

std::string quoted(const Words& words) {
    return fmt::format("\"{}\"", fmt::join(words, "\" \""));
}

bool has_key(const ReportRow& row, const Words& words) {
    return !row.key.empty() && words.size() == 1 && words.front() == row.key;
}

bool begins_with(const ReportRow& row, const Words& words) {
    const auto is_equal = [](const std::string& word, const Value& cell) {
        return word == to_string(cell);
    };
    return words.size() <= row.cells.size() &&
           std::equal(words.begin(), words.end(), row.cells.begin(), is_equal);
}

bool shows(const ReportRow& row, const Words& words) {
    return std::ranges::all_of(words, [&](const std::string& word) {
        return std::ranges::any_of(row.cells, [&](const Value& cell) {
            return word == to_string(cell);
        });
    });
}

// Rows of one key are one to explain: the lines of an entry in the journal.
template <class Fits>
std::vector<std::size_t> rows_that(const ReportTable& table, Fits fits) {
    std::vector<std::size_t> rows;
    std::set<std::string_view> keys;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const ReportRow& row = table.rows[i];
        if (!fits(row)) continue;
        if (row.key.empty() || keys.insert(row.key).second) rows.push_back(i);
    }
    return rows;
}

std::vector<std::size_t> rows_named(const ReportTable& table, const Words& words) {
    auto rows = rows_that(table, [&](const ReportRow& row) {
        return has_key(row, words) || begins_with(row, words);
    });
    if (!rows.empty()) return rows;
    return rows_that(table, [&](const ReportRow& row) { return shows(row, words); });
}

std::string shown(const ReportRow& row) {
    Words cells;
    for (const Value& cell : row.cells) {
        if (type_of(cell) != ValueType::none) cells.push_back(to_string(cell));
    }
    return fmt::format("{}", fmt::join(cells, "  "));
}

Error ambiguous(
    const ReportTable& table, const Words& words, const std::vector<std::size_t>& rows
) {
    std::string message = fmt::format(
        "{} rows show {}; name more of the row's values, or its _key of --json:",
        rows.size(),
        quoted(words)
    );
    for (std::size_t i = 0; i < rows.size() && i < candidates_max; ++i) {
        const ReportRow& row = table.rows[rows[i]];
        message += fmt::format("\n  {}", shown(row));
        if (!row.key.empty()) message += fmt::format("  (\"{}\")", row.key);
    }
    if (rows.size() > candidates_max) {
        message += fmt::format("\n  and {} more", rows.size() - candidates_max);
    }
    return {ErrorCode::conflict, std::move(message)};
}

// Nothing but totals of nothing.
bool is_empty(const ReportTable& table) {
    return std::ranges::none_of(table.rows, [](const ReportRow& row) {
        return row.kind == RowKind::line || !row.key.empty();
    });
}

// Whether an amount of one can be part of an amount of the other.
bool can_add_up(const ReportRow& line, const ReportRow& total) {
    bool has_money = false;
    for (std::size_t i = 0; i < total.cells.size(); ++i) {
        const auto* const sum = std::get_if<Money>(&total.cells[i]);
        if (sum == nullptr) continue;
        has_money = true;
        const auto* const part = std::get_if<Money>(&line.cells[i]);
        if (part != nullptr && part->same_currency(*sum)) return true;
    }
    return !has_money;
}

// The lines above a total or subtotal, back to the last one of its rank that is not beside it:
// those of several currencies stand together.
std::vector<const ReportRow*> lines_of(const ReportTable& table, std::size_t total) {
    const ReportRow& row = table.rows[total];
    std::size_t end = total;
    while (end > 0 && table.rows[end - 1].kind == row.kind) --end;
    std::vector<const ReportRow*> lines;
    for (std::size_t i = end; i > 0 && table.rows[i - 1].kind < row.kind; --i) {
        const ReportRow& above = table.rows[i - 1];
        if (above.kind == RowKind::line && can_add_up(above, row)) lines.push_back(&above);
    }
    return lines;
}

Result<Positions> explain_at(
    const Report& report,
    const Query& query,
    const ReportRequest& request,
    std::pair<const ReportTable&, std::size_t> place
) {
    const auto& [table, index] = place;
    const ReportRow& row = table.rows[index];
    if (!row.key.empty()) return report.explain(query, request, row.key);
    Positions positions;
    for (const ReportRow* const line : lines_of(table, index)) {
        DAYBOOK_TRY(const Positions more, report.explain(query, request, line->key));
        positions.insert(positions.end(), more.begin(), more.end());
    }
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

}  // namespace

Result<std::size_t> find_row(const ReportTable& table, const Words& words) {
    DAYBOOK_ASSERT(!words.empty());
    const auto rows = rows_named(table, words);
    if (rows.size() == 1) return rows.front();
    if (rows.size() > 1) return ambiguous(table, words, rows);
    return Error{
        ErrorCode::not_found,
        fmt::format(
            "none of the {} rows shows {}; see what they show with the same options of the report",
            table.rows.size(),
            quoted(words)
        )};
}

Result<Positions> explain_row(
    const Report& report, const Query& query, const ReportRequest& request, const Words& words
) {
    if (report.explain == nullptr) {
        return Error{
            ErrorCode::invalid,
            fmt::format("{} cannot say which events are behind a row", report.name)};
    }
    ReportRequest whole = request;
    whole.options.erase("top");
    DAYBOOK_TRY(const ReportTable table, run_report(report, query, whole));
    if (is_empty(table)) {
        return Error{
            ErrorCode::not_found,
            fmt::format(
                "{} is empty on that day and with those options, so no event is behind it",
                report.name
            )};
    }
    DAYBOOK_TRY(const std::size_t row, find_row(table, words));
    DAYBOOK_TRY(const Positions positions, explain_at(report, query, whole, {table, row}));
    if (positions.empty()) {
        return Error{
            ErrorCode::not_found,
            fmt::format("no event is behind the row {}", shown(table.rows[row]))};
    }
    return positions;
}

}  // namespace daybook
