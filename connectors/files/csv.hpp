// Comma-separated values by RFC 4180, read as a stream: fields are views into the reader's block,
// copied by nobody. Also semicolon, tab and bar; LF, CRLF or CR; quotes, and newlines inside them.
// A quote inside an unquoted field is an ordinary character; anything between a closing quote and
// the next delimiter is an Error. Rows may differ in their number of fields: the caller decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files/byte_source.hpp"
#include "connectors/files/encoding.hpp"
#include "engine/base/result.hpp"

namespace daybook::files {

struct CsvFormat {
    Encoding encoding = Encoding::utf_8;
    char delimiter = ',';
};

struct CsvLimits {
    std::size_t field_bytes_max = std::size_t{1} << 20;
    std::size_t row_bytes_max = std::size_t{4} << 20;
    std::size_t columns_max = 1'024;
};

struct CsvRow {
    std::uint64_t line = 0;  // Where it begins in the file, from 1.
    // UTF-8, without the quotes. Valid until the reader's next call.
    std::span<const std::string_view> fields;
};

class CsvReader {
 public:
    CsvReader(ByteSource source, CsvFormat format, CsvLimits limits = {});
    // The next row, or null at the end. Empty lines are no rows. After an Error, the same again.
    [[nodiscard]] Result<const CsvRow*> next();
    [[nodiscard]] const ByteSource& source() const { return source_; }

 private:
    struct Escaped {
        std::size_t index;  // Of a field that holds doubled quotes.
    };
    enum class Scan : unsigned char { whole, unfinished, failed };

    [[nodiscard]] Scan scan_row();
    [[nodiscard]] Scan scan_quoted();
    [[nodiscard]] Scan end_field(std::size_t begin, std::size_t end);
    void take_newline();
    void collapse_quotes();
    [[nodiscard]] Result<void> fill();
    [[nodiscard]] Scan fail(ErrorCode code, std::string message);
    [[nodiscard]] std::uint64_t line_at(std::size_t offset) const;

    ByteSource source_;
    CsvFormat format_;
    CsvLimits limits_;
    std::size_t block_bytes_;  // Read at once: less for a small file.
    std::vector<char> raw_;    // Bytes not yet decoded; unused for UTF-8.
    std::size_t raw_held_ = 0;
    std::vector<char> text_;  // Decoded bytes: row_begin_ to text_end_ are still to be given.
    std::size_t row_begin_ = 0;
    std::size_t text_end_ = 0;
    std::size_t at_ = 0;  // Where the scan of the present row stands.
    std::uint64_t line_ = 1;
    bool is_at_end_ = false;  // The source has no more.
    bool is_begun_ = false;
    bool has_quotes_ = false;       // The present row has quoted fields, so maybe newlines inside.
    std::optional<Error> pending_;  // Comes after the rows before it.
    std::optional<Error> failure_;
    std::vector<std::string_view> fields_;
    std::vector<Escaped> escaped_;
    CsvRow row_;
};

// Finds the delimiter from the first rows: the only one by which they all have the same number of
// columns, and more than one. A file with one column has none of them and reads by comma.
[[nodiscard]] Result<char> detect_delimiter(ByteSource source, Encoding encoding);

// Appends one row, quoted where it must be, ended by CRLF.
void append_csv_row(std::string& out, std::span<const std::string_view> fields, char delimiter);

}  // namespace daybook::files
