// The text of scenarios: statements, and the relaxed form of JSON in which they write values:
//
//   do  ReceiveStock {item: W, quantity: 3.000, lines: [{text: "a, b"}, {text: c}]}
//
// Names and values need quotes only where they hold a comma, a bracket or a quote. A statement
// begins at the left edge; indented lines continue it; lines that begin with # say something to the
// reader alone. JSON is read as well.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook::scenario {

struct Member;

struct Value {
    enum class Kind { text, list, object };
    Kind kind = Kind::text;
    std::string text;             // Numbers and truth too.
    std::vector<Value> elements;  // Of a list.
    std::vector<Member> members;  // Of an object, in the order written.

    // Null if the object has no such member.
    [[nodiscard]] const Value* find(std::string_view name) const;
};

struct Member {
    std::string name;
    Value value;
};

// Reads one value and leaves `text` at what follows it.
[[nodiscard]] Result<Value> take_value(std::string_view& text);
// The same, and nothing may follow.
[[nodiscard]] Result<Value> parse_value(std::string_view text);
// Every text as a JSON string.
[[nodiscard]] std::string to_json(const Value& value);
// As a person would write it in a scenario.
[[nodiscard]] std::string to_text(const Value& value);
// Whether the value has everything that is expected: each member of an object, each element of a
// list and no more, and the same texts. The answer is the path of the first difference and what
// differs, or empty.
[[nodiscard]] std::string difference(const Value& expected, const Value& found);

struct Statement {
    std::size_t line = 0;            // Counted from 1.
    std::string verb;                // "do"
    std::string text;                // What follows the verb on its line.
    std::vector<std::string> lines;  // The indented lines, each without its indentation.

    // All of it in one piece.
    [[nodiscard]] std::string whole() const;
};

[[nodiscard]] std::vector<Statement> parse_statements(std::string_view text);

// Splits off the first word, which may stand in quotes; empty at the end.
[[nodiscard]] std::string take_word(std::string_view& text);
// "a=b" words up to the first that is none.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> take_options(std::string_view& text);
// The cells of a table's line, which stand two spaces apart; "-" is an empty cell.
[[nodiscard]] std::vector<std::string> cells_of(std::string_view line);
// A table's lines with aligned columns, as a scenario writes them.
[[nodiscard]] std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace daybook::scenario
