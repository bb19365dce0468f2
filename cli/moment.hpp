// The two times that every question takes, as a person writes them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/base/date.hpp"
#include "engine/base/result.hpp"

namespace daybook::cli {

struct Moment {
    std::string as_of;     // A day; empty: facts of every day.
    std::string known_at;  // For position_known_at().
};

void add_moment_options(CLI::App& command, Moment& moment);
[[nodiscard]] Result<Date> as_of(const std::string& day);

}  // namespace daybook::cli
