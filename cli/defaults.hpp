// What a person has chosen once: $XDG_CONFIG_HOME/daybook/config.toml, else ~/.config/daybook. A
// line of TOML like `book = "acme"` stands for DAYBOOK_BOOK where that is not set, so that options
// stand above the environment, the environment above the file. A book in "~/" is in the home
// folder.
#pragma once

#include <string>

#include "engine/base/result.hpp"

namespace daybook::cli {

// "" if neither variable that would say where is set.
[[nodiscard]] std::string defaults_path();
// Sets variables of this process. `invalid`, with its number, if the file has a line that is no
// default; that there is no file is no error.
[[nodiscard]] Result<void> take_defaults();

}  // namespace daybook::cli
