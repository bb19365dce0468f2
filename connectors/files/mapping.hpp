// What a mapping file says, parsed: which files, how rows become documents, and which commands a
// document becomes. MAPPING.md describes the text. It is data: no loops, no variables that change,
// and every expression ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connectors/files/encoding.hpp"
#include "connectors/files/expression.hpp"
#include "engine/base/result.hpp"

namespace daybook::files {

struct MappedSource {
    std::string name;
    std::vector<std::string> files;  // Names in the import's folder; the first that exists.
    std::optional<Encoding> encoding = Encoding::utf_8;  // None: detect it.
    std::optional<char> delimiter;                       // None: detect it.
    std::vector<std::string> columns;                    // Empty: the file's first row names them.
};

// Instead of `from` in that column, read `to`.
struct Alias {
    std::string column;
    std::string from;
    std::string to;
};

// The row of another source whose column `key` has the value of `value`.
struct Join {
    std::size_t source = 0;  // In Mapping::sources.
    std::string key;
    ExpressionIndex value = 0;
    bool is_required = false;
    std::size_t line = 0;
};

// A document is not imported if `when` holds for one of its rows, or for every one. It is reported,
// or left out where the mapping says that it is nothing of ours.
struct ReportRule {
    bool needs_every_row = false;
    bool is_left_out = false;  // Then there are no reason and no remedy.
    ExpressionIndex when = 0;
    ExpressionIndex reason = 0;
    ExpressionIndex remedy = 0;
};

// What the rows add up to, in all or by some text of each row: the check figures of an import.
struct ControlTotal {
    std::string name;
    std::optional<ExpressionIndex> by;
    ExpressionIndex value = 0;
};

// The JSON of a command's body, with expressions at its leaves.
struct TemplateNode {
    enum class Kind : unsigned char {
        object,
        list,      // Its children one after another.
        row_list,  // Its child [] for each row of the document, then [+], [+2] ... once each.
        leaf,
    };
    Kind kind = Kind::object;
    std::string name;                   // A field's; a list's number; "", "+", "+2" in a row_list.
    std::vector<std::size_t> children;  // In CommandTemplate::nodes.
    ExpressionIndex value = 0;          // Of a leaf.
    std::size_t line = 0;
};

struct CommandTemplate {
    std::string name;                     // "sales.IssueInvoice"
    bool is_each_row = false;             // For each row of a document instead of once for all.
    std::optional<ExpressionIndex> once;  // Only for the first document that has this text.
    std::optional<ExpressionIndex> when;
    std::vector<std::string> accepts;  // Refusals that say it is so already.
    std::vector<TemplateNode> nodes;   // The first is the body.
    std::size_t line = 0;
};

enum class Grouping : unsigned char {
    each_row,     // A row is a document.
    consecutive,  // Rows that follow each other with the same key.
    anywhere,     // All rows of the file with the same key, at the place of the first.
};

struct Pass {
    std::string name;
    std::optional<std::size_t> source;  // None: one document without rows, to set a book up.
    Grouping grouping = Grouping::each_row;
    std::optional<ExpressionIndex> document;  // The key; none: a row is known by what it holds.
    std::optional<ExpressionIndex> order;     // What its documents are sorted by; none: as read.
    std::vector<Join> joins;
    std::vector<ReportRule> reports;
    std::vector<ControlTotal> totals;
    std::vector<CommandTemplate> commands;
};

struct Mapping {
    std::string name;
    std::string about;
    std::vector<MappedSource> sources;
    std::vector<LookupTable> tables;
    std::vector<Alias> aliases;
    std::vector<Pass> passes;  // In the order in which they are read.
    std::vector<Expression> expressions;
};

struct MappingLimits {
    static constexpr std::size_t text_bytes_max = std::size_t{4} << 20;
    static constexpr std::size_t depth_max = 64;  // Of an expression.
    static constexpr std::size_t expressions_max = 20'000;
};

// The Error names the line. `name` is for messages: the file's.
[[nodiscard]] Result<Mapping> parse_mapping(std::string_view text, const std::string& name);
// Adds alias lines to a mapping, such as an import proposed: alias product "GTXPro" = "GTX Pro".
[[nodiscard]] Result<void> add_aliases(Mapping& mapping, std::string_view lines);

}  // namespace daybook::files
