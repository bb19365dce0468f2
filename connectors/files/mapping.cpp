// A mapping file, line by line. The first word of a line says what it is; what follows a source, a
// table, a pass or a command belongs to it.

#include "connectors/files/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "connectors/files/mapping_expression.hpp"
#include "engine/base/nearest.hpp"

namespace daybook::files {
namespace {

std::optional<char> delimiter_named(std::string_view name) {
    if (name == "comma") return ',';
    if (name == "semicolon") return ';';
    if (name == "tab") return '\t';
    if (name == "bar") return '|';
    return std::nullopt;
}

class Parser {
 public:
    explicit Parser(Mapping& mapping) : mapping_(mapping) {}

    Result<void> line(LineReader reader) {
        if (reader.at_end()) return {};
        if (reader.sees('"')) return entry(reader);
        LineReader ahead = reader;
        const auto first = ahead.word();
        if (!first) return reader.error("a line begins with a word; see MAPPING.md");
        // In a command, a path before "=" is a field, whatever its name.
        if (in_command_ && is_assignment(reader)) return field(reader);
        for (const Statement& statement : statements) {
            if (statement.word != *first) continue;
            if (statement.needs_pass && mapping_.passes.empty()) {
                return reader.error(fmt::format("a {} stands inside a pass", *first));
            }
            DAYBOOK_TRY_VOID((this->*statement.read)(ahead));
            return ahead.expect_end();
        }
        return unknown(reader, *first);
    }

    [[nodiscard]] Result<void> finish(const LineReader& last) const {
        if (mapping_.name.empty()) return last.error("a mapping begins with 'mapping NAME'");
        if (mapping_.passes.empty()) return last.error("a mapping needs a pass");
        return {};
    }

    Result<void> alias(LineReader& reader) {
        Alias alias;
        DAYBOOK_TRY(alias.column, reader.column_name());
        DAYBOOK_TRY(alias.from, reader.quoted());
        if (!reader.take("=")) return reader.error("an alias reads: alias COLUMN \"a\" = \"b\"");
        DAYBOOK_TRY(alias.to, reader.quoted());
        mapping_.aliases.push_back(std::move(alias));
        return {};
    }

 private:
    struct Statement {
        std::string_view word;
        Result<void> (Parser::*read)(LineReader&);
        bool needs_pass;
    };
    static const std::array<Statement, 18> statements;

    static bool is_assignment(LineReader reader) { return reader.path().ok() && reader.take("="); }
    Result<void> unknown(const LineReader& reader, std::string_view word) const;
    Result<void> name(LineReader& reader);
    Result<void> about(LineReader& reader);
    Result<void> source(LineReader& reader);
    Result<void> file(LineReader& reader);
    Result<void> encoding(LineReader& reader);
    Result<void> delimiter(LineReader& reader);
    Result<void> columns(LineReader& reader);
    Result<void> table(LineReader& reader);
    Result<void> entry(LineReader& reader);
    Result<void> pass(LineReader& reader);
    Result<void> document(LineReader& reader);
    Result<void> order(LineReader& reader);
    Result<void> let(LineReader& reader);
    Result<void> join(LineReader& reader);
    Result<void> report(LineReader& reader);
    Result<void> leave_out(LineReader& reader);
    Result<void> total(LineReader& reader);
    Result<void> command(LineReader& reader);
    Result<void> field(LineReader& reader);
    Result<std::size_t> source_named(LineReader& reader) const;
    Result<MappedSource*> current_source(const LineReader& reader);
    Result<std::size_t> step_into(
        CommandTemplate& command, std::size_t parent, const std::string& step, LineReader& reader
    );

    Pass& current_pass() { return mapping_.passes.back(); }
    Result<ExpressionIndex> expression(LineReader& reader) {
        return reader.expression(mapping_, scope_);
    }

    Mapping& mapping_;
    Scope scope_;
    bool in_command_ = false;
    bool in_table_ = false;
    bool in_source_ = false;
};

const std::array<Parser::Statement, 18> Parser::statements{{
    {"mapping", &Parser::name, false},
    {"about", &Parser::about, false},
    {"source", &Parser::source, false},
    {"file", &Parser::file, false},
    {"encoding", &Parser::encoding, false},
    {"delimiter", &Parser::delimiter, false},
    {"columns", &Parser::columns, false},
    {"table", &Parser::table, false},
    {"alias", &Parser::alias, false},
    {"pass", &Parser::pass, false},
    {"document", &Parser::document, true},
    {"order", &Parser::order, true},
    {"let", &Parser::let, true},
    {"join", &Parser::join, true},
    {"report", &Parser::report, true},
    {"leave", &Parser::leave_out, true},
    {"total", &Parser::total, true},
    {"command", &Parser::command, true},
}};

Result<void> Parser::unknown(const LineReader& reader, std::string_view word) const {
    std::vector<std::string_view> names;
    for (const Statement& statement : statements) names.push_back(statement.word);
    const std::string_view near = nearest_name(word, names);
    const std::string hint = near.empty() ? "" : fmt::format("; did you mean {}?", near);
    return reader.error(fmt::format("\"{}\" begins no line of a mapping{}", word, hint));
}

Result<void> Parser::name(LineReader& reader) {
    const auto word = reader.word("-");
    if (!word || !mapping_.name.empty()) return reader.error("a mapping has one name");
    mapping_.name = *word;
    return {};
}

Result<void> Parser::about(LineReader& reader) {
    if (!mapping_.about.empty()) mapping_.about += ' ';
    mapping_.about += reader.rest_of_line();
    return {};
}

Result<void> Parser::source(LineReader& reader) {
    const auto word = reader.word();
    if (!word) return reader.error("a source needs a name");
    in_source_ = true;
    in_table_ = false;
    in_command_ = false;
    mapping_.sources.push_back({.name = std::string{*word}});
    return {};
}

Result<MappedSource*> Parser::current_source(const LineReader& reader) {
    if (!in_source_) return reader.error("this line belongs to a source");
    return &mapping_.sources.back();
}

Result<void> Parser::file(LineReader& reader) {
    DAYBOOK_TRY(MappedSource* const source, current_source(reader));
    do {
        source->files.emplace_back(reader.bare());
        if (source->files.back().empty()) return reader.error("a file's name must stand here");
    } while (reader.take(","));
    return {};
}

Result<void> Parser::encoding(LineReader& reader) {
    DAYBOOK_TRY(MappedSource* const source, current_source(reader));
    const std::string_view name = reader.bare();
    source->encoding = encoding_named(name);
    if (source->encoding || name == "detect") return {};
    return reader.error("an encoding is utf-8, iso-8859-1, iso-8859-15, windows-1252 or detect");
}

Result<void> Parser::delimiter(LineReader& reader) {
    DAYBOOK_TRY(MappedSource* const source, current_source(reader));
    const std::string_view name = reader.bare();
    source->delimiter = delimiter_named(name);
    if (source->delimiter || name == "detect") return {};
    return reader.error("a delimiter is comma, semicolon, tab, bar or detect");
}

Result<void> Parser::columns(LineReader& reader) {
    DAYBOOK_TRY(MappedSource* const source, current_source(reader));
    do {
        DAYBOOK_TRY(std::string column, reader.column_name());
        source->columns.push_back(std::move(column));
    } while (reader.take(","));
    return {};
}

Result<void> Parser::table(LineReader& reader) {
    const auto word = reader.word();
    if (!word) return reader.error("a table needs a name");
    in_table_ = true;
    in_source_ = false;
    in_command_ = false;
    mapping_.tables.push_back({.name = std::string{*word}});
    return {};
}

Result<void> Parser::entry(LineReader& reader) {
    if (!in_table_) return reader.error("a line in quotes belongs to a table");
    DAYBOOK_TRY(std::string from, reader.quoted());
    if (!reader.take("=")) return reader.error("an entry reads \"a\" = \"b\"");
    DAYBOOK_TRY(std::string to, reader.quoted());
    const bool is_new = mapping_.tables.back().entries.emplace(std::move(from), to).second;
    if (!is_new) return reader.error("the table has this entry already");
    return reader.expect_end();
}

Result<std::size_t> Parser::source_named(LineReader& reader) const {
    const auto word = reader.word();
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < mapping_.sources.size(); ++i) {
        if (word && mapping_.sources[i].name == *word) return i;
        names.push_back(mapping_.sources[i].name);
    }
    return reader.error(
        fmt::format("a source must be named here{}", suggestion(word.value_or(""), names))
    );
}

// pass NAME [from SOURCE]
Result<void> Parser::pass(LineReader& reader) {
    const auto word = reader.word();
    if (!word) return reader.error("a pass reads: pass NAME from SOURCE");
    Pass pass{.name = std::string{*word}};
    if (reader.take_word("from")) {
        DAYBOOK_TRY(pass.source, source_named(reader));
    }
    mapping_.passes.push_back(std::move(pass));
    scope_ = {};
    in_source_ = false;
    in_table_ = false;
    in_command_ = false;
    return {};
}

// document KEY [anywhere]
Result<void> Parser::document(LineReader& reader) {
    if (current_pass().document) return reader.error("a pass has one kind of document");
    DAYBOOK_TRY(const ExpressionIndex key, expression(reader));
    current_pass().document = key;
    const bool is_anywhere = reader.take_word("anywhere");
    current_pass().grouping = is_anywhere ? Grouping::anywhere : Grouping::consecutive;
    return {};
}

// order by VALUE
Result<void> Parser::order(LineReader& reader) {
    if (!reader.take_word("by")) return reader.error("it reads: order by VALUE");
    if (current_pass().order) return reader.error("a pass has one order");
    if (!current_pass().source) return reader.error("a pass without a source has no order");
    DAYBOOK_TRY(const ExpressionIndex value, expression(reader));
    current_pass().order = value;
    return {};
}

// let NAME = EXPRESSION
Result<void> Parser::let(LineReader& reader) {
    const auto word = reader.word();
    if (!word || !reader.take("=")) return reader.error("a let reads: let NAME = VALUE");
    std::string name{*word};
    DAYBOOK_TRY(const ExpressionIndex value, expression(reader));
    scope_.lets.emplace_back(std::move(name), value);
    return {};
}

// join SOURCE.COLUMN = EXPRESSION [required]
Result<void> Parser::join(LineReader& reader) {
    Join join{.line = reader.line()};
    DAYBOOK_TRY(join.source, source_named(reader));
    if (!reader.take(".")) return reader.error("a join reads: join SOURCE.COLUMN = VALUE");
    DAYBOOK_TRY(join.key, reader.column_name());
    if (!reader.take("=")) return reader.error("a join reads: join SOURCE.COLUMN = VALUE");
    DAYBOOK_TRY(join.value, expression(reader));
    join.is_required = reader.take_word("required");
    const bool is_known = std::ranges::find(scope_.joined, join.source) != scope_.joined.end();
    if (is_known) return reader.error("the pass joins this source already");
    scope_.joined.push_back(join.source);
    current_pass().joins.push_back(std::move(join));
    return {};
}

// report when [every] CONDITION because REASON remedy REMEDY
Result<void> Parser::report(LineReader& reader) {
    ReportRule rule;
    if (!reader.take_word("when")) return reader.error("a report reads: report when ... because");
    rule.needs_every_row = reader.take_word("every");
    DAYBOOK_TRY(rule.when, expression(reader));
    if (!reader.take_word("because")) return reader.error("a report says because, and a reason");
    DAYBOOK_TRY(rule.reason, expression(reader));
    if (!reader.take_word("remedy")) return reader.error("a report says remedy, and what to do");
    DAYBOOK_TRY(rule.remedy, expression(reader));
    current_pass().reports.push_back(rule);
    return {};
}

// leave out when [every] CONDITION
Result<void> Parser::leave_out(LineReader& reader) {
    if (!reader.take_word("out") || !reader.take_word("when")) {
        return reader.error("it reads: leave out when CONDITION");
    }
    ReportRule rule{.is_left_out = true};
    rule.needs_every_row = reader.take_word("every");
    DAYBOOK_TRY(rule.when, expression(reader));
    rule.reason = rule.when;
    rule.remedy = rule.when;
    current_pass().reports.push_back(rule);
    return {};
}

// total NAME [by TEXT] = NUMBER
Result<void> Parser::total(LineReader& reader) {
    const auto word = reader.word();
    if (!word) return reader.error("a total needs a name");
    ControlTotal total{.name = std::string{*word}};
    if (reader.take_word("by")) {
        DAYBOOK_TRY(total.by, reader.value(mapping_, scope_));
    }
    if (!reader.take("=")) return reader.error("a total reads: total NAME [by TEXT] = NUMBER");
    DAYBOOK_TRY(total.value, expression(reader));
    current_pass().totals.push_back(std::move(total));
    return {};
}

// command MODULE.NAME [each row] [once by TEXT] [when CONDITION] [accepts RULE, RULE]
Result<void> Parser::command(LineReader& reader) {
    const auto word = reader.word(".");
    if (!word) return reader.error("a command must be named here, such as crm.RegisterParty");
    CommandTemplate command{.name = std::string{*word}, .line = reader.line()};
    if (reader.take_word("each")) {
        if (!reader.take_word("row")) return reader.error("each reads: each row");
        command.is_each_row = true;
    }
    if (reader.take_word("once")) {
        if (!reader.take_word("by")) return reader.error("once reads: once by TEXT");
        DAYBOOK_TRY(command.once, expression(reader));
    }
    if (reader.take_word("when")) {
        DAYBOOK_TRY(command.when, expression(reader));
    }
    if (reader.take_word("accepts")) {
        do {
            const auto rule = reader.word();
            if (!rule) return reader.error("a refusal's name must stand here");
            command.accepts.emplace_back(*rule);
        } while (reader.take(","));
    }
    command.nodes.push_back({.line = reader.line()});
    current_pass().commands.push_back(std::move(command));
    in_command_ = true;
    return {};
}

// The child of a node by one step of a path, made if it is new. A step that is empty, a number, or
// begins with "+" makes its parent a list.
Result<std::size_t> Parser::step_into(
    CommandTemplate& command, std::size_t parent, const std::string& step, LineReader& reader
) {
    using Kind = TemplateNode::Kind;
    const bool is_number = !step.empty() && step.front() >= '0' && step.front() <= '9';
    const bool is_of_rows = step.empty() || step.front() == '+';
    const Kind kind = is_of_rows ? Kind::row_list : is_number ? Kind::list : Kind::object;
    TemplateNode& node = command.nodes[parent];
    if (node.kind == Kind::leaf || (node.kind != kind && !node.children.empty())) {
        return reader.error("this field was given before, in another form");
    }
    node.kind = kind;
    for (const std::size_t child : node.children) {
        if (command.nodes[child].name == step) return child;
    }
    const std::size_t made = command.nodes.size();
    node.children.push_back(made);
    command.nodes.push_back({.name = step, .line = reader.line()});
    return made;
}

// PATH = VALUE
Result<void> Parser::field(LineReader& reader) {
    CommandTemplate& command = current_pass().commands.back();
    DAYBOOK_TRY(const std::vector<std::string> path, reader.path());
    std::size_t at = 0;
    std::size_t row_lists = 0;
    for (const std::string& step : path) {
        if (step.empty() && ++row_lists > 1) {
            return reader.error("only one [] may stand in a path: a document's rows");
        }
        if (step.empty() && command.is_each_row) {
            return reader.error("a command for each row has no [], which is all rows");
        }
        DAYBOOK_TRY(at, step_into(command, at, step, reader));
    }
    TemplateNode& leaf = command.nodes[at];
    if (leaf.kind == TemplateNode::Kind::leaf || !leaf.children.empty()) {
        return reader.error("this field was given before");
    }
    leaf.kind = TemplateNode::Kind::leaf;
    (void)reader.take("=");
    DAYBOOK_TRY(command.nodes[at].value, expression(reader));
    return reader.expect_end();
}

// Takes a line off the text.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

// A line that ends with a backslash goes on in the next one; its number is that of the first.
template <class Take>
Result<void> for_each_line(std::string_view text, const std::string& file, Take take) {
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t first = ++number;
        std::string line{take_line(text)};
        for (; line.ends_with('\\') && !text.empty(); ++number) {
            line.back() = ' ';
            line += take_line(text);
        }
        DAYBOOK_TRY_VOID(take(LineReader{line, first, file}));
    }
    return {};
}

}  // namespace

Result<Mapping> parse_mapping(std::string_view text, const std::string& name) {
    if (text.size() > MappingLimits::text_bytes_max) {
        return Error{
            ErrorCode::too_large,
            fmt::format("{} is longer than {} bytes", name, MappingLimits::text_bytes_max)};
    }
    Mapping mapping;
    Parser parser{mapping};
    std::size_t lines = 0;
    DAYBOOK_TRY_VOID(for_each_line(text, name, [&](LineReader reader) {
        lines = reader.line();
        return parser.line(reader);
    }));
    DAYBOOK_TRY_VOID(parser.finish(LineReader{"", lines, name}));
    return mapping;
}

Result<void> add_aliases(Mapping& mapping, std::string_view lines) {
    const std::string name = "aliases";
    Parser parser{mapping};
    return for_each_line(lines, name, [&](LineReader reader) -> Result<void> {
        if (reader.at_end()) return {};
        if (!reader.take_word("alias")) return reader.error("each line is an alias");
        DAYBOOK_TRY_VOID(parser.alias(reader));
        return reader.expect_end();
    });
}

}  // namespace daybook::files
