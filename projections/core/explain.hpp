// From what a report's row shows back to the events behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "projections/core/report.hpp"

namespace daybook {

// The index of the row that the words name: its key, or its first columns, or any of its values
// that no other row shows together, each as render_json writes it. Lines of one key are one row.
// not_found if no row shows the words; conflict if several do, with the first of those.
[[nodiscard]] Result<std::size_t> find_row(
    const ReportTable& table, const std::vector<std::string>& words
);

// The positions of the events behind the row that the words name, in order; never none. Those of a
// total are those of the lines that it adds up, whether "top" shows them or not. Runs the report.
// Fails as find_row; not_found if no event is behind the row; invalid if the report cannot explain.
[[nodiscard]] Result<std::vector<std::uint64_t>> explain_row(
    const Report& report,
    const Query& query,
    const ReportRequest& request,
    const std::vector<std::string>& words
);

}  // namespace daybook
