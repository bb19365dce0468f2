// Rows become documents: a pass's source read from its beginning, its rows grouped by key, and what
// its expressions need to know of the files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/files/expression.hpp"
#include "connectors/files/mapping.hpp"
#include "connectors/files/row_table.hpp"
#include "connectors/files/source_file.hpp"

namespace daybook::files {

// Rows that belong together.
struct Document {
    std::string key;    // Empty: rows without a key.
    std::string order;  // What the pass sorts by; empty where it does not.
    const RowTable* table = nullptr;
    std::vector<std::size_t> rows;  // In the table, in the file's order.
    std::unique_ptr<RowTable> own;  // The table, where the document alone holds its rows.
};

// A pass with its files open. Used by one thread; stays where it is.
class PassReader {
 public:
    // The mapping and its pass must outlive the reader.
    [[nodiscard]] static Result<std::unique_ptr<PassReader>> open(
        const Mapping& mapping, const Pass& pass, const std::string& folder
    );
    // For open() alone, which binds the expressions as well.
    PassReader(const Mapping& mapping, const Pass& pass, SourceFile file);
    PassReader(const PassReader&) = delete;
    PassReader& operator=(const PassReader&) = delete;

    // The next document, or none at the end.
    [[nodiscard]] Result<std::optional<Document>> next();
    // Lets the expressions see a row of a document.
    void show(const Document& document, std::size_t row);
    [[nodiscard]] Evaluator& evaluator() { return evaluator_; }
    [[nodiscard]] const SourceFile& file() const { return file_; }
    [[nodiscard]] std::uint64_t row_count() const { return row_count_; }  // Of the file.
    [[nodiscard]] const Pass& pass() const { return pass_; }
    [[nodiscard]] const Mapping& mapping() const { return mapping_; }
    // The key nearest to one that a required join did not find; "" if none is near.
    [[nodiscard]] std::string nearest_key(const Join& join, std::string_view key) const;

 private:
    [[nodiscard]] Result<void> bind(const std::string& folder);
    [[nodiscard]] Result<void> bind_join(const Join& join, const std::string& folder);
    [[nodiscard]] Result<void> bind_columns();
    [[nodiscard]] Result<void> group_all();
    void sort_all();
    [[nodiscard]] Result<std::optional<Document>> next_consecutive();
    [[nodiscard]] std::string_view key_of(const RowTable& table, std::size_t row);
    void show_row(const RowTable& table, std::size_t row, std::size_t place = 1);

    const Mapping& mapping_;
    const Pass& pass_;
    SourceFile file_;
    std::vector<std::unique_ptr<SourceFile>> joined_files_;  // By source; null if not joined.
    std::vector<RowTable> joined_rows_;                      // By source.
    Binding binding_;
    Evaluator evaluator_;
    std::vector<std::string_view> fields_;  // Of the row that is shown.
    struct ColumnAlias {
        std::size_t column;
        const TextMap<std::string>* names;
    };
    std::vector<std::unique_ptr<TextMap<std::string>>> alias_maps_;
    std::vector<ColumnAlias> aliases_;

    std::uint64_t row_count_ = 0;
    RowTable rows_;                    // Of the whole file, where documents may be anywhere or are
    std::vector<Document> documents_;  // sorted, and those.
    std::size_t next_document_ = 0;
    std::unique_ptr<RowTable> ahead_;  // The first row of the document after this one.
    std::string ahead_key_;
};

}  // namespace daybook::files
