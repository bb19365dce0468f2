// How the answers of projections reach the reader: opening the rows with a progress line, and
// printing a report in the format that was asked for.
#pragma once

#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "projections/core/report.hpp"

namespace daybook::cli {

// The rows, brought up to the end of the log behind a progress line. Ctrl-C gives up.
[[nodiscard]] Result<Follower*> open_rows(const Session& session, Book& book);
[[nodiscard]] Result<Query> open_query(const Session& session, Book& book);

struct Printed {
    std::string name;
    const ReportTable& table;
    const ReportRequest& request;
};
[[nodiscard]] std::string hex(const Hash& hash);
// In the form that was asked for.
[[nodiscard]] std::string report_text(const Session& session, Book& book, const Printed& printed);
// Through a pager if it is long.
void print_report(const Session& session, Book& book, const Printed& printed);

}  // namespace daybook::cli
