// Reports as bytes: an aligned table for people, and CSV, JSON and JSON Lines for programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "projections/core/report.hpp"

namespace daybook {

// What a report was computed from. The caller knows; every form but CSV says it.
struct ReportContext {
    std::string_view report;     // "trial-balance"
    Date as_of = date_max;       // date_max: whatever day.
    std::uint64_t known_at = 0;  // The events before this position were known.
    std::uint64_t position = 0;  // Where the rows stood.
    std::string log_root;        // The log's tree root at that size, in hexadecimal; may be empty.
};

// A title, one line of context, aligned columns with thousands separators, and the notes. A column
// whose money is all of one currency names it once, in its head.
[[nodiscard]] std::string render_text(const ReportTable& table, const ReportContext& context);

// RFC 4180 with a head of column names; lines, subtotals and totals alike. A money column `x` is
// two: `x`, a plain decimal, and `x_currency`.
[[nodiscard]] std::string render_csv(const ReportTable& table);

// One object with the context, the columns and the rows. Values are in their human forms, integers
// as numbers; cells that hold nothing are left out.
[[nodiscard]] std::string render_json(const ReportTable& table, const ReportContext& context);

// One object a row, after one that holds the context, as "_report".
[[nodiscard]] std::string render_json_lines(const ReportTable& table, const ReportContext& context);

// Pieces of the above, for other readers of Values.
void append_csv_cell(std::string& out, std::string_view text);
void append_json_text(std::string& out, std::string_view text);  // With its quotes.
void append_json_value(std::string& out, const Value& value);    // Nothing is null.
// "-1234567.50" as "-1,234,567.50".
[[nodiscard]] std::string with_thousands(std::string_view decimal);

}  // namespace daybook
