// Which command takes back what each event of an import said.
#pragma once

#include <array>
#include <string_view>

namespace daybook::files {

// A field of the reversing command: a field of the event, or a word of the plan.
enum class From : unsigned char { nothing, field, reversal, date, reason, no, word };
struct Filled {
    std::string_view field;
    From from = From::nothing;
    std::string_view of = "";  // The event's field, or the word.
};
struct UndoRule {
    std::string_view event;
    std::string_view command = "";  // None: it is taken back with its document, which `with` names.
    std::array<Filled, 6> fields = {};
    // The field that names the document that the event made, if that name cannot be used again.
    std::string_view made = "";
    std::string_view with = "";
};

// The rule for an event; null if nothing takes it back.
[[nodiscard]] const UndoRule* find_undo_rule(std::string_view event);

}  // namespace daybook::files
