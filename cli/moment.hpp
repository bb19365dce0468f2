// The two times that every question takes, as a person writes them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/log/log.hpp"

namespace daybook::cli {

struct Moment {
    std::string as_of;     // A day; empty: facts of every day.
    std::string known_at;  // A position, a day or an instant; empty: all that is known.
};

void add_moment_options(CLI::App& command, Moment& moment);
[[nodiscard]] Result<Date> as_of(const Moment& moment);
// How many events were known then: those recorded up to the end of the day, or up to the instant.
[[nodiscard]] Result<std::uint64_t> known_at(const Moment& moment, const Log& log);

}  // namespace daybook::cli
