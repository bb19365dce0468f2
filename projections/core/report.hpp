// Reports: questions with a name, answered as a table of values at (as of, known at), each line of
// which leads back to the events behind it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "projections/core/query.hpp"
#include "projections/core/value.hpp"

namespace daybook {

enum class Align : std::uint8_t { left, right };

struct ReportColumn {
    std::string name;   // For programs: "open_amount"
    std::string title;  // For people: "Open"
    ValueType type = ValueType::text;
    Align align = Align::left;
};

enum class RowKind : std::uint8_t { line, subtotal, total };

struct ReportRow {
    // Names the line for explain: "C-1|EUR". Empty: it has no events of its own, as a total.
    std::string key;
    std::vector<Value> cells;  // One for each column.
    RowKind kind = RowKind::line;
};

struct ReportTable {
    std::string title;
    std::vector<ReportColumn> columns;
    std::vector<ReportRow> rows;
    std::vector<std::string> notes;  // What a reader must know: "3 parties have no country."
};

// One option that a report takes, as the shell and HTTP offer it: "--party C-17850".
struct ReportOption {
    std::string_view name;
    ValueType type = ValueType::text;
    std::string_view summary;
    bool is_required = false;
    std::string_view choices = {};  // "month, quarter, year"; empty: anything of the type.
    std::string_view table = {};    // "crm.parties": the first key of one of its rows.
};

struct ReportRequest {
    Date as_of = date_max;                // Facts effective on or before this day,
    std::uint64_t known_at = UINT64_MAX;  // among the events before this position.
    std::map<std::string, std::string, std::less<>> options;
};

struct Report {
    std::string_view name;     // "trial-balance"
    std::string_view title;    // "Trial balance"
    std::string_view summary;  // One sentence.
    std::span<const ReportOption> options;
    Result<ReportTable> (*run)(const Query&, const ReportRequest&);
    // The positions of the events behind the row with this key, in order. Null: cannot say. People
    // ask explain_row, which finds the key.
    Result<std::vector<std::uint64_t>> (*explain
    )(const Query&, const ReportRequest&, std::string_view row_key) = nullptr;
};

// Refuses options that the report does not know, lacks or cannot read, and names those it takes.
[[nodiscard]] Result<void> check_options(const Report& report, const ReportRequest& request);
// `invalid` if the option does not take this: another type, none of the choices, a negative number.
[[nodiscard]] Result<void> check_value(const ReportOption& option, const std::string& text);
// Checks the options, `not_found` if one names what the book does not have, runs the report, and
// looks whether every row could be read.
[[nodiscard]] Result<ReportTable> run_report(
    const Report& report, const Query& query, const ReportRequest& request
);

// The option's value, or the fallback when it is not given. run_report has checked the type.
[[nodiscard]] std::string text_option(
    const ReportRequest& request, std::string_view name, std::string_view fallback = {}
);
[[nodiscard]] std::int64_t integer_option(
    const ReportRequest& request, std::string_view name, std::int64_t fallback
);
[[nodiscard]] bool boolean_option(
    const ReportRequest& request, std::string_view name, bool fallback
);
[[nodiscard]] Date date_option(const ReportRequest& request, std::string_view name, Date fallback);
[[nodiscard]] Id id_option(const ReportRequest& request, std::string_view name, Id fallback = {});

// Something that a check found wrong.
struct Finding {
    std::string where;    // The table and key, or the figure: "accounting.day_totals 411000"
    std::string message;  // "stored EUR 10.00, a fresh fold gives EUR 12.00"
};

// A rule that the rows of a projection must obey: the trial balance is zero.
struct RowCheck {
    std::string_view name;  // "trial-balance-is-zero"
    Result<std::vector<Finding>> (*run)(const Query&);
};

}  // namespace daybook
