// The expressions of a mapping: from a row's columns to one text. All values are texts, "" is none,
// and a condition is "true" or "". Each expression ends, and what it cannot do is a problem with
// the row, told with its remedy.
#pragma once

#include <cstdint>
#include <functional>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/files/row_table.hpp"

namespace daybook::files {

using ExpressionIndex = std::uint32_t;  // In Mapping::expressions.

enum class Operation : unsigned char {
    // In the order of `functions` in mapping_expression.cpp, which gives their names.
    trim,
    upper,
    lower,
    join,
    slice,
    before,
    after,
    replace,
    first,
    id,
    hash,
    number,
    negate,
    absolute,
    add,
    subtract,
    multiply,
    divide,
    round,
    money,
    price,
    quantity,
    percent,
    date,
    choose,
    empty,
    starts,
    contains,
    missing,
    row,
    function_count,
    // Written otherwise than as a call.
    literal = function_count,
    column,
    lookup,
    equal,
    differs,
    below,
    above,
    at_most,
    at_least,
    all,
    any,
    negation,
};

struct Expression {
    Operation operation = Operation::literal;
    std::vector<ExpressionIndex> arguments;
    std::string text;          // A literal, or a column's name.
    std::size_t source = 0;    // column, missing: in Mapping::sources. lookup: in Mapping::tables.
    bool is_joined = false;    // column: of a joined source, not of the pass's own.
    bool is_optional = false;  // column: empty where the file has none of that name.
    std::size_t line = 0;      // In the mapping.
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

struct LookupTable {
    std::string name;
    TextMap<std::string> entries;
};

// Why a row cannot become a command, and what to do about it.
struct Problem {
    std::string reason;
    std::string remedy;
};

// Another source, held in memory and found by one of its columns.
struct JoinedRows {
    const RowTable* rows = nullptr;
    std::unordered_map<std::string_view, std::size_t> by_key;  // Views into the rows.
    ExpressionIndex value = 0;  // The text of this row that is looked up.
    bool is_joined = false;     // The pass joins this source.
};

// What the expressions of a pass stand on, once its files are open.
struct Binding {
    std::span<const Expression> expressions;
    std::span<const LookupTable> tables;
    std::vector<std::size_t> columns;  // By expression: the column's place in its row.
    std::vector<JoinedRows> joined;    // By source.
};

// Evaluates on one row at a time. Used by one thread.
class Evaluator {
 public:
    // The binding must outlive it.
    explicit Evaluator(const Binding& binding);

    // The row's fields, borrowed until the next row, and its place in its document, from 1.
    void set_row(std::span<const std::string_view> fields, std::size_t place = 1);
    // The text is valid until clear() or the next row. After a problem it is "".
    [[nodiscard]] std::string_view evaluate(ExpressionIndex index);
    [[nodiscard]] bool holds(ExpressionIndex index) { return evaluate(index) == "true"; }
    // The row's partner in a joined source; none if there is no such row.
    [[nodiscard]] std::optional<std::size_t> partner(std::size_t source);
    // The first problem since clear().
    [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
    // Forgets the problem and every text that was made.
    void clear();

 private:
    [[nodiscard]] std::string_view text_function(const Expression& expression);
    [[nodiscard]] std::string_view number_function(const Expression& expression);
    [[nodiscard]] std::string_view typed_function(const Expression& expression);
    [[nodiscard]] std::string_view condition(const Expression& expression);
    [[nodiscard]] std::string_view joined(const Expression& expression);
    [[nodiscard]] std::string_view looked_up(const Expression& expression);
    [[nodiscard]] std::string_view argument(const Expression& expression, std::size_t at);
    [[nodiscard]] std::string_view keep(std::string_view text);
    std::string_view fail(std::string reason, std::string remedy);

    [[nodiscard]] std::string_view column(ExpressionIndex index, const Expression& expression);

    const Binding& binding_;
    std::span<const std::string_view> fields_;
    std::size_t place_ = 1;
    // By source: the partner of the present row, once it was looked for.
    struct Partner {
        bool is_known = false;
        std::optional<std::size_t> row;
    };
    std::vector<Partner> partners_;
    std::size_t steps_ = 0;  // Since set_row(): lets that name lets could take for ever.
    std::pmr::monotonic_buffer_resource texts_{std::size_t{64} << 10};
    std::optional<Problem> problem_;
};

}  // namespace daybook::files
