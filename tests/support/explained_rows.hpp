// Every row that a report shows must lead to its events by what it shows.
#pragma once

#include <string>

#include "projections/core/report.hpp"

namespace daybook {

// Names each row by as few of its first columns as single it out, and explains it. "" if each leads
// to events that were known; otherwise what is wrong with the first that does not. A row of
// zeros needs no events.
[[nodiscard]] std::string unexplained_row(
    const Report& report, const Query& query, const ReportRequest& request
);

}  // namespace daybook
