// A report as a server answers it, and the list of reports that it can be asked for.
#pragma once

#include <vector>

#include "connectors/http/books.hpp"
#include "projections/core/follower.hpp"

namespace daybook::cli {

[[nodiscard]] Result<http::ReportDocument> served_report(
    const Log& log, const Follower& follower, const http::ReportQuestion& question
);
[[nodiscard]] std::vector<http::ReportDescription> served_reports();

// How long ago the oldest event that the rows lack was recorded; 0 if they lack none.
[[nodiscard]] std::uint64_t lag_nanos(const Log& log, std::uint64_t rows_position, Instant now);

}  // namespace daybook::cli
