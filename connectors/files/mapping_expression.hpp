// Reading one line of a mapping: words, texts in quotes, paths and expressions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files/mapping.hpp"

namespace daybook::files {

// Names that mean something where an expression stands.
struct Scope {
    std::vector<std::pair<std::string, ExpressionIndex>> lets;
    std::vector<std::size_t> joined;  // Sources of the pass, by the order of its joins.
};

// One line, read from left to right. Each call takes what it names, or answers none or an Error
// and takes nothing.
class LineReader {
 public:
    LineReader(std::string_view text, std::size_t line, const std::string& file)
        : rest_(text), line_(line), file_(file) {}

    [[nodiscard]] bool at_end();
    // [A-Za-z_][A-Za-z0-9_]* and, inside, what `more` allows.
    [[nodiscard]] std::optional<std::string_view> word(std::string_view more = "");
    [[nodiscard]] bool take(std::string_view sign);
    [[nodiscard]] bool take_word(std::string_view word);
    [[nodiscard]] bool sees(char c);
    [[nodiscard]] Result<std::string> quoted();
    // A column: a word, or any text in [brackets].
    [[nodiscard]] Result<std::string> column_name();
    // Up to the next blank or comma.
    [[nodiscard]] std::string_view bare();
    [[nodiscard]] std::string_view rest_of_line();
    [[nodiscard]] Result<ExpressionIndex> expression(Mapping& mapping, const Scope& scope);
    // One value without a comparison, for where a "=" follows that belongs to the line.
    [[nodiscard]] Result<ExpressionIndex> value(Mapping& mapping, const Scope& scope) {
        return primary(mapping, scope);
    }
    // "lines[].net" as its steps: "lines", "", "net". "emails[0]" is "emails", "0".
    [[nodiscard]] Result<std::vector<std::string>> path();
    [[nodiscard]] Result<void> expect_end();
    [[nodiscard]] Error error(const std::string& what) const;
    [[nodiscard]] std::size_t line() const { return line_; }

 private:
    [[nodiscard]] Result<ExpressionIndex> any_of(Mapping& mapping, const Scope& scope);
    [[nodiscard]] Result<ExpressionIndex> all_of(Mapping& mapping, const Scope& scope);
    [[nodiscard]] Result<ExpressionIndex> comparison(Mapping& mapping, const Scope& scope);
    [[nodiscard]] Result<ExpressionIndex> primary(Mapping& mapping, const Scope& scope);
    [[nodiscard]] Result<ExpressionIndex> named(Mapping& mapping, const Scope& scope);
    [[nodiscard]] Result<ExpressionIndex> column(Mapping& mapping, std::string name);
    [[nodiscard]] Result<ExpressionIndex> call(
        std::string_view name, Mapping& mapping, const Scope& scope
    );
    [[nodiscard]] Result<ExpressionIndex> add(Mapping& mapping, Expression expression) const;
    void skip_blanks();

    std::string_view rest_;
    std::size_t line_;
    const std::string& file_;
    std::size_t depth_ = 0;
};

}  // namespace daybook::files
