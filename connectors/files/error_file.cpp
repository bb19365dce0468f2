// The error file of a pass.

#include "connectors/files/error_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace daybook::files {
namespace {

constexpr std::size_t flush_bytes = std::size_t{256} << 10;
constexpr std::array<std::string_view, 4> own_columns{
    "daybook_line", "daybook_document", "daybook_reason", "daybook_remedy"};

}  // namespace

ErrorFile::ErrorFile(std::string path, const SourceFile& source)
    : path_(std::move(path)), source_(source) {}

void ErrorFile::put(std::span<const std::string_view> fields) {
    append_csv_row(text_, fields, source_.format.delimiter);
    if (text_.size() >= flush_bytes) flush();
}

void ErrorFile::flush() {
    if (!file_ || is_failed_) return;
    is_failed_ = std::fwrite(text_.data(), 1, text_.size(), file_.get()) != text_.size();
    text_.clear();
}

void ErrorFile::add(
    const Document& document, const Problem& problem, std::optional<std::size_t> culprit
) {
    if (path_.empty()) return;
    std::vector<std::string_view> fields;
    if (!is_begun_) {
        is_begun_ = true;
        file_.reset(std::fopen(path_.c_str(), "wb"));
        is_failed_ = !file_;
        fields.assign(own_columns.begin(), own_columns.end());
        for (const std::string& column : source_.columns) {
            // A corrected error file may be imported, and have errors of its own.
            if (!column.starts_with("daybook_")) fields.push_back(column);
        }
        put(fields);
    }
    std::string reason = problem.reason;
    if (culprit) {
        const std::uint64_t line = document.table->line(document.rows[*culprit]);
        reason = fmt::format("line {} of the same document: {}", line, problem.reason);
    }
    for (std::size_t i = 0; i < document.rows.size(); ++i) {
        const std::size_t row = document.rows[i];
        const std::string line = fmt::format("{}", document.table->line(row));
        const bool is_other = culprit && *culprit != i;
        fields.assign({line, document.key, is_other ? reason : problem.reason, problem.remedy});
        for (std::size_t column = 0; column < document.table->field_count(row); ++column) {
            const bool is_own =
                column < source_.columns.size() && source_.columns[column].starts_with("daybook_");
            if (!is_own) fields.push_back(document.table->field(row, column));
        }
        put(fields);
    }
}

Result<std::string> ErrorFile::finish() {
    if (!is_begun_) return std::string{};
    flush();
    if (file_) is_failed_ = std::fclose(file_.release()) != 0 || is_failed_;
    if (!is_failed_) return path_;
    return Error{
        ErrorCode::io,
        fmt::format("cannot write the error file {}: {}", path_, std::strerror(errno))};
}

}  // namespace daybook::files
