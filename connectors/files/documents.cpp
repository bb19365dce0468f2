// Rows become documents.

#include "connectors/files/documents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/nearest.hpp"

namespace daybook::files {
namespace {

constexpr std::size_t no_column = SIZE_MAX;

// Letters and digits alone, in lower case: how two spellings of one name are the same.
std::string skeleton(std::string_view name) {
    std::string bare;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') bare += static_cast<char>(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) bare += c;
        if (static_cast<signed char>(c) < 0) bare += c;
    }
    return bare;
}

Error unknown_column(const Mapping& mapping, const Expression& expression, const SourceFile& file) {
    const std::vector<std::string_view> names(file.columns.begin(), file.columns.end());
    return {
        ErrorCode::invalid,
        fmt::format(
            "mapping {} line {}: {} has no column {}{}",
            mapping.name,
            expression.line,
            file.path,
            expression.text,
            suggestion(expression.text, names)
        )};
}

// One row with one empty field, for a pass that reads no file.
SourceFile no_file(const Mapping& mapping) {
    const CsvFormat format;
    return {
        .path = "",
        .name = mapping.name,
        .format = format,
        .columns = {""},
        .reader = CsvReader{ByteSource::of("\"\""), format}};
}

}  // namespace

PassReader::PassReader(const Mapping& mapping, const Pass& pass, SourceFile file)
    : mapping_(mapping),
      pass_(pass),
      file_(std::move(file)),
      joined_files_(mapping.sources.size()),
      joined_rows_(mapping.sources.size()),
      binding_{
          .expressions = mapping.expressions,
          .tables = mapping.tables,
          .columns = std::vector<std::size_t>(mapping.expressions.size()),
          .joined = std::vector<JoinedRows>(mapping.sources.size())},
      evaluator_(binding_) {}

Result<std::unique_ptr<PassReader>> PassReader::open(
    const Mapping& mapping, const Pass& pass, const std::string& folder
) {
    auto file = pass.source ? open_source(mapping.sources[*pass.source], folder)
                            : Result<SourceFile>{no_file(mapping)};
    if (!file) return std::move(file).error();
    auto reader = std::make_unique<PassReader>(mapping, pass, std::move(file).value());
    DAYBOOK_TRY_VOID(reader->bind(folder));
    return reader;
}

Result<void> PassReader::bind(const std::string& folder) {
    for (const Join& join : pass_.joins) DAYBOOK_TRY_VOID(bind_join(join, folder));
    DAYBOOK_TRY_VOID(bind_columns());
    for (const Alias& alias : mapping_.aliases) {
        const auto column = file_.column_named(alias.column);
        if (!column) continue;
        const auto known = std::ranges::find(aliases_, *column, &ColumnAlias::column);
        if (known == aliases_.end()) {
            alias_maps_.push_back(std::make_unique<TextMap<std::string>>());
            aliases_.push_back({*column, alias_maps_.back().get()});
        }
        const auto at = static_cast<std::size_t>(
            std::ranges::find(aliases_, *column, &ColumnAlias::column) - aliases_.begin()
        );
        alias_maps_[at]->insert_or_assign(alias.from, alias.to);
    }
    if (pass_.grouping == Grouping::anywhere || pass_.order) return group_all();
    if (!pass_.source) return {};
    // A file that cannot be read to its end is refused before its first command is sent.
    DAYBOOK_TRY(row_count_, check_rows(file_));
    return {};
}

Result<void> PassReader::bind_join(const Join& join, const std::string& folder) {
    DAYBOOK_TRY(SourceFile file, open_source(mapping_.sources[join.source], folder));
    const auto column = file.column_named(join.key);
    if (!column) {
        return unknown_column(mapping_, {.text = join.key, .line = join.line}, file);
    }
    DAYBOOK_TRY(joined_rows_[join.source], load_rows(file));
    const RowTable& rows = joined_rows_[join.source];
    JoinedRows& joined = binding_.joined[join.source];
    joined.rows = &rows;
    joined.value = join.value;
    joined.is_joined = true;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (*column >= rows.field_count(row)) continue;
        const std::string_view key = rows.field(row, *column);
        if (joined.by_key.emplace(key, row).second) continue;
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "{} line {}: {} \"{}\" stands there twice, so it cannot be joined by it",
                file.path,
                rows.line(row),
                join.key,
                key
            )};
    }
    joined_files_[join.source] = std::make_unique<SourceFile>(std::move(file));
    return {};
}

namespace {

// Every expression that one leads to.
void collect(const Mapping& mapping, ExpressionIndex index, std::vector<bool>& used) {
    if (used[index]) return;
    used[index] = true;
    for (const ExpressionIndex argument : mapping.expressions[index].arguments) {
        collect(mapping, argument, used);
    }
}

std::vector<bool> used_by(const Mapping& mapping, const Pass& pass) {
    std::vector<bool> used(mapping.expressions.size());
    const auto add = [&](const std::optional<ExpressionIndex>& index) {
        if (index) collect(mapping, *index, used);
    };
    add(pass.document);
    add(pass.order);
    for (const Join& join : pass.joins) add(join.value);
    for (const ReportRule& rule : pass.reports) {
        add(rule.when);
        add(rule.reason);
        add(rule.remedy);
    }
    for (const ControlTotal& total : pass.totals) {
        add(total.by);
        add(total.value);
    }
    for (const CommandTemplate& command : pass.commands) {
        add(command.once);
        add(command.when);
        for (const TemplateNode& node : command.nodes) {
            if (node.kind == TemplateNode::Kind::leaf) add(node.value);
        }
    }
    return used;
}

}  // namespace

Result<void> PassReader::bind_columns() {
    const std::vector<bool> used = used_by(mapping_, pass_);
    for (std::size_t i = 0; i < mapping_.expressions.size(); ++i) {
        const Expression& expression = mapping_.expressions[i];
        if (!used[i] || expression.operation != Operation::column) continue;
        const SourceFile& file = expression.is_joined ? *joined_files_[expression.source] : file_;
        const auto column = file.column_named(expression.text);
        if (!column && !expression.is_optional) return unknown_column(mapping_, expression, file);
        binding_.columns[i] = column.value_or(no_column);
    }
    return {};
}

void PassReader::show_row(const RowTable& table, std::size_t row, std::size_t place) {
    fields_.resize(table.field_count(row));
    for (std::size_t i = 0; i < fields_.size(); ++i) fields_[i] = table.field(row, i);
    for (const ColumnAlias& alias : aliases_) {
        if (alias.column >= fields_.size()) continue;
        const auto found = alias.names->find(fields_[alias.column]);
        if (found != alias.names->end()) fields_[alias.column] = found->second;
    }
    evaluator_.set_row(fields_, place);
}

void PassReader::show(const Document& document, std::size_t row) {
    DAYBOOK_ASSERT(row < document.rows.size());
    show_row(*document.table, document.rows[row], row + 1);
}

std::string_view PassReader::key_of(const RowTable& table, std::size_t row) {
    if (!pass_.document) return {};
    show_row(table, row);
    return evaluator_.evaluate(*pass_.document);
}

Result<void> PassReader::group_all() {
    DAYBOOK_TRY(rows_, load_rows(file_));
    row_count_ = rows_.size();
    TextMap<std::size_t> known;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        const std::string_view key = key_of(rows_, row);
        std::optional<std::size_t> at;
        if (pass_.grouping == Grouping::anywhere) {
            const auto [found, is_new] = known.emplace(std::string{key}, documents_.size());
            if (!is_new) at = found->second;
        } else if (pass_.grouping == Grouping::consecutive && !documents_.empty()) {
            if (documents_.back().key == key) at = documents_.size() - 1;
        }
        if (!at) {
            at = documents_.size();
            documents_.push_back({.key = std::string{key}, .table = &rows_});
        }
        documents_[*at].rows.push_back(row);
        evaluator_.clear();
    }
    if (pass_.order) sort_all();
    return {};
}

// What has no order, because its first row has a problem, comes first.
void PassReader::sort_all() {
    for (Document& document : documents_) {
        show(document, 0);
        document.order = evaluator_.evaluate(*pass_.order);
        evaluator_.clear();
    }
    std::ranges::stable_sort(documents_, {}, &Document::order);
}

Result<std::optional<Document>> PassReader::next() {
    if (pass_.grouping != Grouping::anywhere && !pass_.order) return next_consecutive();
    if (next_document_ == documents_.size()) return std::optional<Document>{};
    return std::optional{std::move(documents_[next_document_++])};
}

Result<std::optional<Document>> PassReader::next_consecutive() {
    Document document;
    document.own = ahead_ ? std::move(ahead_) : std::make_unique<RowTable>();
    document.table = document.own.get();
    document.key = std::move(ahead_key_);
    ahead_key_.clear();
    for (;;) {
        if (pass_.grouping == Grouping::each_row && document.own->size() == 1) break;
        DAYBOOK_TRY(const CsvRow* const row, file_.reader.next());
        if (row == nullptr) break;
        ahead_ = std::make_unique<RowTable>();
        ahead_->add(row->line, row->fields);
        ahead_key_ = key_of(*ahead_, 0);
        evaluator_.clear();
        const bool is_same = document.own->size() == 0 || ahead_key_ == document.key;
        if (!is_same) break;
        document.own->add(row->line, row->fields);
        document.key = std::move(ahead_key_);
        ahead_.reset();
        ahead_key_.clear();
    }
    if (document.own->size() == 0) return std::optional<Document>{};
    for (std::size_t row = 0; row < document.own->size(); ++row) document.rows.push_back(row);
    return std::optional{std::move(document)};
}

std::string PassReader::nearest_key(const Join& join, std::string_view key) const {
    const std::string wanted = skeleton(key);
    std::vector<std::string_view> names;
    for (const auto& [name, row] : binding_.joined[join.source].by_key) {
        if (skeleton(name) == wanted) return std::string{name};
        names.push_back(name);
    }
    std::ranges::sort(names);
    return std::string{nearest_name(key, names)};
}

}  // namespace daybook::files
