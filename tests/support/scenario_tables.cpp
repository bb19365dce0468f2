// Both kinds of table become texts under named columns; then the columns that the scenario names
// are compared line by line.
#include "tests/support/scenario_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/nearest.hpp"
#include "projections/core/registry.hpp"
#include "tests/support/explained_rows.hpp"

namespace daybook::scenario {
namespace {

using Line = std::vector<std::string>;
using Options = std::vector<std::pair<std::string, std::string>>;

struct TextTable {
    Line columns;
    std::vector<Line> lines;
};

Line texts_of(const std::vector<daybook::Value>& values) {
    Line line;
    for (const daybook::Value& value : values) line.push_back(to_string(value));
    return line;
}

Error wrong(std::string message) {
    return Error{ErrorCode::invalid, std::move(message)};
}

Result<std::size_t> column_index(const TextTable& table, const std::string& name) {
    const auto found = std::ranges::find(table.columns, name);
    if (found != table.columns.end()) {
        return static_cast<std::size_t>(found - table.columns.begin());
    }
    const std::vector<std::string_view> names{table.columns.begin(), table.columns.end()};
    return wrong(
        fmt::format("there is no column \"{}\"{}", name, suggestion(name, names)) +
        fmt::format("\nall columns: {}", fmt::join(names, ", "))
    );
}

Result<void> keep_matching(TextTable& table, const Options& conditions) {
    for (const auto& condition : conditions) {
        DAYBOOK_TRY(const std::size_t index, column_index(table, condition.first));
        std::erase_if(table.lines, [&](const Line& line) {
            return line[index] != condition.second;
        });
    }
    return {};
}

// The first line of the expected table names the columns to compare.
Result<void> compare(const TextTable& table, const std::vector<std::string>& expected) {
    if (expected.empty()) {
        std::vector<Line> all{table.columns};
        all.insert(all.end(), table.lines.begin(), table.lines.end());
        return wrong("a table is expected below; found\n" + aligned(all));
    }
    const Line columns = cells_of(expected.front());
    std::vector<std::size_t> indexes;
    for (const std::string& name : columns) {
        DAYBOOK_TRY(const std::size_t index, column_index(table, name));
        indexes.push_back(index);
    }
    std::vector<Line> found{columns};
    for (const Line& line : table.lines) {
        Line& chosen = found.emplace_back();
        for (const std::size_t index : indexes) chosen.push_back(line[index]);
    }
    std::vector<Line> wanted;
    for (const std::string& line : expected) wanted.push_back(cells_of(line));
    if (wanted == found) return {};
    return wrong("the table differs; found\n" + aligned(found));
}

std::vector<std::string_view> table_names(const Query& query, std::vector<std::string>& names) {
    for (const NamedTable& table : query.tables()) {
        names.push_back(fmt::format("{}.{}", table.projection, table.schema->name));
    }
    return {names.begin(), names.end()};
}

Result<ReportRequest> request_of(const Options& options, const Marks& marks) {
    ReportRequest request;
    for (const auto& [name, value] : options) {
        if (name == "as-of") {
            DAYBOOK_TRY(request.as_of, parse_date(value));
        } else if (name == "known-at") {
            const auto mark = marks.find(value);
            if (mark == marks.end()) return wrong("there is no mark " + value);
            request.known_at = mark->second;
        } else if (value.starts_with('@')) {  // A mark, where an option takes a position.
            const auto mark = marks.find(value.substr(1));
            if (mark == marks.end()) return wrong("there is no mark " + value.substr(1));
            request.options[name] = std::to_string(mark->second);
        } else {
            request.options[name] = value;
        }
    }
    return request;
}

}  // namespace

Result<void> check_table(const Query& query, const Statement& statement) {
    std::string_view text = statement.text;
    const std::string name = take_word(text);
    const std::size_t dot = std::min(name.find('.'), name.size());
    const NamedTable* found =
        query.find_table(name.substr(0, dot), name.substr(std::min(dot + 1, name.size())));
    if (found == nullptr) {
        std::vector<std::string> names;
        const std::string hint = suggestion(name, table_names(query, names));
        return wrong(fmt::format("there is no table \"{}\"{}", name, hint));
    }
    TextTable table;
    for (const ColumnSchema& column : found->schema->columns) {
        table.columns.emplace_back(column.name);
    }
    DAYBOOK_TRY_VOID(query.scan_values(*found, [&](const std::vector<daybook::Value>& values) {
        table.lines.push_back(texts_of(values));
        return true;
    }));
    DAYBOOK_TRY_VOID(keep_matching(table, take_options(text)));
    return compare(table, statement.lines);
}

Result<void> check_report(const Query& query, const Statement& statement, const Marks& marks) {
    std::string_view text = statement.text;
    const std::string name = take_word(text);
    const Report* report = find_report(registered_projections(), name);
    if (report == nullptr) return wrong(fmt::format("there is no report \"{}\"", name));
    DAYBOOK_TRY(const ReportRequest request, request_of(take_options(text), marks));
    DAYBOOK_TRY(const ReportTable answer, run_report(*report, query, request));
    TextTable table;
    for (const ReportColumn& column : answer.columns) table.columns.push_back(column.name);
    for (const ReportRow& row : answer.rows) table.lines.push_back(texts_of(row.cells));
    DAYBOOK_TRY_VOID(compare(table, statement.lines));
    const std::string unexplained = unexplained_row(*report, query, request);
    if (!unexplained.empty()) return wrong(unexplained);
    return {};
}

}  // namespace daybook::scenario
