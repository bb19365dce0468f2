// Rows of a file held in memory: their texts one after another, without an allocation for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::files {

class RowTable {
 public:
    void clear() {
        text_.clear();
        ends_.clear();
        rows_.clear();
    }
    void add(std::uint64_t line, std::span<const std::string_view> fields) {
        rows_.push_back({line, text_.size(), ends_.size()});
        for (const std::string_view field : fields) {
            text_ += field;
            ends_.push_back(text_.size());
        }
    }
    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] std::size_t text_bytes() const { return text_.size(); }
    [[nodiscard]] std::uint64_t line(std::size_t row) const { return rows_[row].line; }
    [[nodiscard]] std::size_t field_count(std::size_t row) const {
        const std::size_t end = row + 1 < rows_.size() ? rows_[row + 1].first_end : ends_.size();
        return end - rows_[row].first_end;
    }
    // Valid until the next add() or clear().
    [[nodiscard]] std::string_view field(std::size_t row, std::size_t column) const {
        const Row& at = rows_[row];
        const std::size_t begin = column == 0 ? at.begin : ends_[at.first_end + column - 1];
        return std::string_view{text_}.substr(begin, ends_[at.first_end + column] - begin);
    }

 private:
    struct Row {
        std::uint64_t line;
        std::size_t begin;      // In text_.
        std::size_t first_end;  // In ends_.
    };
    std::string text_;
    std::vector<std::size_t> ends_;
    std::vector<Row> rows_;
};

}  // namespace daybook::files
