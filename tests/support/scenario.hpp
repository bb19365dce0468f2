// Runs a scenario: a module's behaviour as text. Each statement is a command, or what must be true
// after the one before it:
//
//   at 2026-03-31                     the day of the clock
//   as anna                           who gives the commands that follow
//   mark NAME                         remembers the book's end, for known-at=NAME
//   do Command {...}                  with another module's name: do sales.Command {...}; options
//                                     stand before the fields: do Command id=c-1 version=2 {...}
//   events Event {...} Event {...}    all events of the command, with at least these fields;
//                                     events none if there are none
//   own Event {...}                   the same of the events of the scenario's own module alone
//   refused rule                      and, in this order: at PATH found "..." needed "..."
//   failed "text"                     it never reached a rule; the message has this text
//   rows module.table column=value    a table follows; its columns are those to compare
//   report NAME option=value          the same; known-at takes the name of a mark
//
// At the end the rows must equal a fresh fold of the log, and the projections' checks must hold.
// A command that is followed neither by refused nor by failed must be accepted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/scenario_book.hpp"

namespace daybook::scenario {

struct Failure {
    std::size_t line = 0;  // 0: of the whole book, at the end.
    std::string message;   // What was expected and what was found, the latter as scenario text.
};

// `module` is the one whose names need no prefix. Stops at the first failure of each command.
[[nodiscard]] std::vector<Failure> run(std::string_view text, std::string_view module, Book& book);

}  // namespace daybook::scenario
