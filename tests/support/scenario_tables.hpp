// The tables of a scenario: rows and reports, held against the text that follows them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "projections/core/query.hpp"
#include "tests/support/scenario_text.hpp"

namespace daybook::scenario {

// Names of positions, for known-at=NAME.
using Marks = std::map<std::string, std::uint64_t>;

// "module.table column=value ..." and the lines of the table. The Error shows what was found.
[[nodiscard]] Result<void> check_table(const Query& query, const Statement& statement);
// "NAME option=value ..." likewise; as-of and known-at are the report's two times.
[[nodiscard]] Result<void> check_report(
    const Query& query, const Statement& statement, const Marks& marks
);

}  // namespace daybook::scenario
