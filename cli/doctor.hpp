// `daybook doctor`: looks at everything around the books that may fail one day, and says what to
// change. It changes nothing itself.
#pragma once

#include "cli/session.hpp"

namespace daybook::cli {

// Adds its subcommand to the program; the session outlives it.
void add_doctor(CLI::App& program, Session& session);

}  // namespace daybook::cli
