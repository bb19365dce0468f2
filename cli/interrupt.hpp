// Ctrl-C: long work looks here between two steps, finishes the step and leaves a whole book.
#pragma once

namespace daybook::cli {

void catch_interrupts();  // SIGINT and SIGTERM; a second one ends the program at once.
[[nodiscard]] bool is_interrupted();

}  // namespace daybook::cli
