// What a word on the command line must be. A wrong one is refused before anything is opened.
#pragma once

#include <CLI/CLI.hpp>

#include "projections/core/report.hpp"

namespace daybook::cli {

[[nodiscard]] CLI::Validator is_day();       // "2026-03-31"
[[nodiscard]] CLI::Validator is_known_at();  // As position_known_at() reads it.
[[nodiscard]] CLI::Validator is_count();     // 0, 1, 2 and so on.
[[nodiscard]] CLI::Validator is_currency();  // ISO 4217
[[nodiscard]] CLI::Validator is_country();   // ISO 3166-1 alpha-2
[[nodiscard]] CLI::Validator is_valid_for(const ReportOption& option);  // Outlives the validator.

}  // namespace daybook::cli
