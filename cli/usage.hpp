// What is said when the words on the command line are not understood.
#pragma once

#include <CLI/CLI.hpp>
#include <span>

#include "cli/exit_code.hpp"

namespace daybook::cli {

// Says on standard error what is wrong with the words, the name that was probably meant, and whose
// help to read. `words` without the program's own name.
[[nodiscard]] ExitCode refuse_usage(
    const CLI::App& program, const CLI::ParseError& error, std::span<char* const> words
);

}  // namespace daybook::cli
