// Reading one line of a mapping: words, texts in quotes, paths and expressions.
//
//   any:        all { or all }
//   all:        comparison { and comparison }
//   comparison: primary [ = | != | < | > | <= | >= primary ]
//   primary:    "text" | 12.5 | not primary | ( any ) | column | source.column | name | call

#include "connectors/files/mapping_expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "engine/base/nearest.hpp"

namespace daybook::files {
namespace {

struct Function {
    std::string_view name;
    std::size_t least;
    std::size_t most;
};

constexpr std::size_t many = 16;
constexpr std::array functions{
    Function{"trim", 1, 1},     Function{"upper", 1, 1},    Function{"lower", 1, 1},
    Function{"join", 1, many},  Function{"slice", 3, 3},    Function{"before", 2, 2},
    Function{"after", 2, 2},    Function{"replace", 3, 3},  Function{"first", 1, many},
    Function{"id", 1, many},    Function{"hash", 1, many},  Function{"number", 1, 2},
    Function{"negate", 1, 1},   Function{"absolute", 1, 1}, Function{"add", 2, 2},
    Function{"subtract", 2, 2}, Function{"multiply", 2, 2}, Function{"divide", 3, 3},
    Function{"round", 2, 2},    Function{"money", 2, 2},    Function{"price", 2, 2},
    Function{"quantity", 1, 1}, Function{"percent", 1, 1},  Function{"date", 1, 2},
    Function{"choose", 3, 3},   Function{"empty", 1, 1},    Function{"starts", 2, 2},
    Function{"contains", 2, 2}, Function{"missing", 1, 1},  Function{"row", 0, 0},
};
static_assert(functions.size() == static_cast<std::size_t>(Operation::function_count));

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<std::size_t> source_named(const Mapping& mapping, std::string_view name) {
    for (std::size_t i = 0; i < mapping.sources.size(); ++i) {
        if (mapping.sources[i].name == name) return i;
    }
    return std::nullopt;
}

std::string suggest_function(const Mapping& mapping, std::string_view name) {
    std::vector<std::string_view> names;
    for (const Function& function : functions) names.push_back(function.name);
    for (const LookupTable& table : mapping.tables) names.push_back(table.name);
    const std::string_view near = nearest_name(name, names);
    return near.empty() ? "" : fmt::format("; did you mean {}?", near);
}

}  // namespace

Error LineReader::error(const std::string& what) const {
    return {ErrorCode::invalid, fmt::format("{} line {}: {}", file_, line_, what)};
}

void LineReader::skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
        rest_.remove_prefix(1);
    }
    if (rest_.starts_with('#')) rest_ = {};
}

bool LineReader::at_end() {
    skip_blanks();
    return rest_.empty();
}

bool LineReader::sees(char c) {
    skip_blanks();
    return rest_.starts_with(c);
}

bool LineReader::take(std::string_view sign) {
    skip_blanks();
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(sign.size());
    return true;
}

std::optional<std::string_view> LineReader::word(std::string_view more) {
    skip_blanks();
    if (rest_.empty() || !is_letter(rest_.front())) return std::nullopt;
    std::size_t size = 1;
    while (size < rest_.size() && (is_letter(rest_[size]) || is_digit(rest_[size]) ||
                                   more.find(rest_[size]) != std::string_view::npos)) {
        ++size;
    }
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
}

bool LineReader::take_word(std::string_view wanted) {
    const std::string_view before = rest_;
    if (const auto found = word(); found && *found == wanted) return true;
    rest_ = before;
    return false;
}

std::string_view LineReader::bare() {
    skip_blanks();
    const std::string_view found = rest_.substr(0, rest_.find_first_of(" \t,"));
    rest_.remove_prefix(found.size());
    return found;
}

std::string_view LineReader::rest_of_line() {
    skip_blanks();
    const std::string_view found = rest_;
    rest_ = {};
    return found;
}

Result<void> LineReader::expect_end() {
    if (at_end()) return {};
    return error(fmt::format("\"{}\" is more than belongs on this line", rest_.substr(0, 40)));
}

// "He said ""no""": a quote inside is doubled, as in CSV.
Result<std::string> LineReader::quoted() {
    if (!take("\"")) return error("a text in quotes must stand here");
    std::string text;
    for (;;) {
        const std::size_t quote = rest_.find('"');
        if (quote == std::string_view::npos) return error("a quote is never closed");
        text += rest_.substr(0, quote);
        rest_.remove_prefix(quote + 1);
        if (!rest_.starts_with('"')) return text;
        text += '"';
        rest_.remove_prefix(1);
    }
}

Result<std::string> LineReader::column_name() {
    if (take("[")) {
        const std::size_t end = rest_.find(']');
        if (end == std::string_view::npos) return error("a [ is never closed");
        std::string name{rest_.substr(0, end)};
        rest_.remove_prefix(end + 1);
        return name;
    }
    const auto name = word();
    if (!name) return error("a column's name must stand here");
    return std::string{*name};
}

Result<std::vector<std::string>> LineReader::path() {
    std::vector<std::string> steps;
    for (;;) {
        const auto name = word();
        if (!name) return error("a field's name must stand here, such as lines[].item");
        steps.emplace_back(*name);
        while (take("[")) {
            std::string index = take("+") ? "+" : "";
            while (!rest_.empty() && is_digit(rest_.front()) && index.size() < 3) {
                index += rest_.front();
                rest_.remove_prefix(1);
            }
            if (!take("]")) return error("a list's place is written [], [+], [+2] or [0]");
            steps.push_back(std::move(index));
        }
        if (!take(".")) return steps;
    }
}

Result<ExpressionIndex> LineReader::add(Mapping& mapping, Expression expression) const {
    if (mapping.expressions.size() == MappingLimits::expressions_max) {
        return error(fmt::format("over {} expressions", MappingLimits::expressions_max));
    }
    expression.line = line_;
    mapping.expressions.push_back(std::move(expression));
    return static_cast<ExpressionIndex>(mapping.expressions.size() - 1);
}

Result<ExpressionIndex> LineReader::expression(Mapping& mapping, const Scope& scope) {
    if (++depth_ > MappingLimits::depth_max) return error("the expression is nested too deeply");
    auto found = any_of(mapping, scope);
    --depth_;
    return found;
}

Result<ExpressionIndex> LineReader::any_of(Mapping& mapping, const Scope& scope) {
    DAYBOOK_TRY(ExpressionIndex left, all_of(mapping, scope));
    while (take_word("or")) {
        DAYBOOK_TRY(const ExpressionIndex right, all_of(mapping, scope));
        DAYBOOK_TRY(left, add(mapping, {Operation::any, {left, right}}));
    }
    return left;
}

Result<ExpressionIndex> LineReader::all_of(Mapping& mapping, const Scope& scope) {
    DAYBOOK_TRY(ExpressionIndex left, comparison(mapping, scope));
    while (take_word("and")) {
        DAYBOOK_TRY(const ExpressionIndex right, comparison(mapping, scope));
        DAYBOOK_TRY(left, add(mapping, {Operation::all, {left, right}}));
    }
    return left;
}

Result<ExpressionIndex> LineReader::comparison(Mapping& mapping, const Scope& scope) {
    struct Sign {
        std::string_view text;
        Operation operation;
    };
    // The longer signs first.
    constexpr std::array signs{
        Sign{"!=", Operation::differs},
        Sign{"<=", Operation::at_most},
        Sign{">=", Operation::at_least},
        Sign{"=", Operation::equal},
        Sign{"<", Operation::below},
        Sign{">", Operation::above}};
    DAYBOOK_TRY(const ExpressionIndex left, primary(mapping, scope));
    for (const Sign& sign : signs) {
        if (!take(sign.text)) continue;
        DAYBOOK_TRY(const ExpressionIndex right, primary(mapping, scope));
        return add(mapping, {sign.operation, {left, right}});
    }
    return left;
}

Result<ExpressionIndex> LineReader::primary(Mapping& mapping, const Scope& scope) {
    if (++depth_ > MappingLimits::depth_max) return error("the expression is nested too deeply");
    const auto leave = [this](Result<ExpressionIndex> found) {
        --depth_;
        return found;
    };
    if (take_word("not")) {
        DAYBOOK_TRY(const ExpressionIndex inner, primary(mapping, scope));
        return leave(add(mapping, {Operation::negation, {inner}}));
    }
    if (take("(")) {
        DAYBOOK_TRY(const ExpressionIndex inner, expression(mapping, scope));
        if (!take(")")) return error("a ( is never closed");
        return leave(inner);
    }
    if (sees('"')) {
        DAYBOOK_TRY(std::string text, quoted());
        return leave(add(mapping, {Operation::literal, {}, std::move(text)}));
    }
    skip_blanks();
    const std::size_t digits = rest_.find_first_not_of("-.0123456789");
    if (digits != 0 && !rest_.empty()) {
        std::string text{rest_.substr(0, digits)};
        rest_.remove_prefix(text.size());
        return leave(add(mapping, {Operation::literal, {}, std::move(text)}));
    }
    return leave(named(mapping, scope));
}

// A column, a joined source's column, a let, or a call.
Result<ExpressionIndex> LineReader::named(Mapping& mapping, const Scope& scope) {
    if (sees('[')) {
        DAYBOOK_TRY(std::string name, column_name());
        return column(mapping, std::move(name));
    }
    const auto name = word();
    if (!name) {
        return error(
            rest_.empty() ? "a value is missing at the end of the line"
                          : fmt::format("\"{}\" is not a value", rest_.substr(0, 20))
        );
    }
    if (rest_.starts_with('(')) return call(*name, mapping, scope);
    if (rest_.starts_with('.')) {
        rest_.remove_prefix(1);
        const auto source = source_named(mapping, *name);
        DAYBOOK_TRY(std::string column, column_name());
        if (!source) return error(fmt::format("there is no source {}", *name));
        for (const std::size_t joined : scope.joined) {
            if (joined != *source) continue;
            return add(mapping, {Operation::column, {}, std::move(column), *source, true});
        }
        return error(
            fmt::format("the pass does not join {}; add a line 'join {} ...'", *name, *name)
        );
    }
    for (const auto& [let, index] : scope.lets) {
        if (let == *name) return index;
    }
    return column(mapping, std::string{*name});
}

// A "?" behind the name: the file need not have the column.
Result<ExpressionIndex> LineReader::column(Mapping& mapping, std::string name) {
    Expression made{.operation = Operation::column, .text = std::move(name)};
    made.is_optional = rest_.starts_with('?');
    if (made.is_optional) rest_.remove_prefix(1);
    return add(mapping, std::move(made));
}

Result<ExpressionIndex> LineReader::call(
    std::string_view name, Mapping& mapping, const Scope& scope
) {
    Expression made;
    std::size_t least = 1;
    std::size_t most = 2;
    bool is_found = false;
    for (std::size_t i = 0; i < functions.size(); ++i) {
        if (functions[i].name != name) continue;
        made.operation = static_cast<Operation>(i);
        least = functions[i].least;
        most = functions[i].most;
        is_found = true;
    }
    for (std::size_t i = 0; i < mapping.tables.size(); ++i) {
        if (is_found || mapping.tables[i].name != name) continue;
        made.operation = Operation::lookup;
        made.source = i;
        is_found = true;
    }
    if (!is_found) {
        return error(fmt::format("there is no {}(){}", name, suggest_function(mapping, name)));
    }
    if (!take("(")) return error(fmt::format("{} needs its values in brackets", name));
    if (made.operation == Operation::missing) {
        const auto source = word();
        const auto found = source ? source_named(mapping, *source) : std::nullopt;
        const bool is_joined =
            found && std::ranges::find(scope.joined, *found) != scope.joined.end();
        if (!is_joined) return error("missing() takes the name of a source that the pass joins");
        made.source = *found;
        made.is_joined = true;
    } else if (most > 0) {
        do {
            DAYBOOK_TRY(const ExpressionIndex argument, expression(mapping, scope));
            made.arguments.push_back(argument);
        } while (take(","));
        if (made.arguments.size() < least || made.arguments.size() > most) {
            return error(fmt::format(
                "{}() takes {} to {} values, not {}", name, least, most, made.arguments.size()
            ));
        }
    }
    if (!take(")")) return error(fmt::format("the brackets of {}( are never closed", name));
    return add(mapping, std::move(made));
}

}  // namespace daybook::files
