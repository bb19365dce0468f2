// A merge of two sorted walks.
#include "projections/core/compare.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace daybook {
namespace {

// The rows of one table in one store.
class TableWalk {
 public:
    TableWalk(const Store& store, std::string_view prefix)
        : cursor_(store.cursor()), prefix_(prefix) {
        cursor_->seek(prefix_);
    }
    [[nodiscard]] bool has_row() const {
        return cursor_->has_entry() && cursor_->key().starts_with(prefix_);
    }
    [[nodiscard]] std::string_view key() const { return cursor_->key().substr(prefix_.size()); }
    [[nodiscard]] std::string_view value() const { return cursor_->value(); }
    void next() { cursor_->next(); }
    [[nodiscard]] Result<void> status() const { return cursor_->status(); }

 private:
    std::unique_ptr<StoreCursor> cursor_;
    std::string prefix_;
};

// Turns bytes into the text of a row for a message.
class RowText {
 public:
    explicit RowText(const TableSchema& schema)
        : schema_(schema), row_(memory_.allocate(schema.row_bytes, schema.row_alignment)) {
        schema_.construct(row_);
    }
    ~RowText() { schema_.destroy(row_); }
    RowText(const RowText&) = delete;
    RowText& operator=(const RowText&) = delete;

    [[nodiscard]] std::string of(std::string_view key, std::string_view value, bool keys) {
        schema_.destroy(row_);
        schema_.construct(row_);
        if (!schema_.read_key(key, row_)) return "unreadable";
        if (!keys && !schema_.read_value(std::as_bytes(std::span{value}), row_)) {
            return "unreadable";
        }
        std::vector<Value> values;
        schema_.values(row_, values);
        std::string text;
        for (std::size_t index = 0; index < values.size(); ++index) {
            if (schema_.columns[index].is_key != keys) continue;
            if (!text.empty()) text += ' ';
            text += to_string(values[index]);
        }
        return text;
    }

 private:
    const TableSchema& schema_;
    std::pmr::monotonic_buffer_resource memory_;
    void* row_;
};

struct Comparison {
    std::string table;  // "accounting.day_totals"
    RowText text;
    RowDifferences& differences;

    void note(std::string_view key, const std::string& message) {
        ++differences.count;
        if (differences.findings.size() >= findings_max) return;
        differences.findings.push_back({table + " " + text.of(key, {}, true), message});
    }
    std::string shown(std::string_view key, std::string_view value) {
        return text.of(key, value, false);
    }
};

Result<void> compare_tables(TableWalk stored, TableWalk fresh, Comparison& comparison) {
    while (stored.has_row() || fresh.has_row()) {
        ++comparison.differences.rows;
        const bool is_in_stored =
            stored.has_row() && (!fresh.has_row() || stored.key() <= fresh.key());
        const bool is_in_fresh =
            fresh.has_row() && (!stored.has_row() || fresh.key() <= stored.key());
        if (!is_in_fresh) {
            comparison.note(
                stored.key(),
                "stored " + comparison.shown(stored.key(), stored.value()) +
                    ", a fresh fold has no such row"
            );
        } else if (!is_in_stored) {
            comparison.note(
                fresh.key(),
                "not stored, a fresh fold gives " + comparison.shown(fresh.key(), fresh.value())
            );
        } else if (stored.value() != fresh.value()) {
            comparison.note(
                stored.key(),
                "stored " + comparison.shown(stored.key(), stored.value()) +
                    ", a fresh fold gives " + comparison.shown(fresh.key(), fresh.value())
            );
        }
        if (is_in_stored) stored.next();
        if (is_in_fresh) fresh.next();
    }
    DAYBOOK_TRY_VOID(stored.status());
    return fresh.status();
}

}  // namespace

Result<void> compare_rows(
    const StoredRows& stored, const StoredRows& fresh, RowDifferences& differences
) {
    const auto stored_tables = stored.rows.tables();
    const auto fresh_tables = fresh.rows.tables();
    DAYBOOK_ASSERT(stored_tables.size() == fresh_tables.size());
    for (std::size_t index = 0; index < stored_tables.size(); ++index) {
        const TableSchema& schema = stored_tables[index]->schema();
        Comparison comparison{
            std::string{stored.rows.name()} + "." + std::string{schema.name},
            RowText{schema},
            differences};
        DAYBOOK_TRY_VOID(compare_tables(
            TableWalk{stored.store, stored_tables[index]->prefix()},
            TableWalk{fresh.store, fresh_tables[index]->prefix()},
            comparison
        ));
    }
    return {};
}

}  // namespace daybook
