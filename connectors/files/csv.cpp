// Comma-separated values by RFC 4180. A row is scanned in the block where it stands; one that the
// block's end cuts is moved to the front and scanned again with more bytes behind it.

#include "connectors/files/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace daybook::files {
namespace {

constexpr std::size_t block_bytes_min = std::size_t{4} << 10;
constexpr std::size_t block_bytes_max = std::size_t{256} << 10;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<char, 4> delimiters{',', ';', '\t', '|'};
constexpr std::size_t rows_to_judge = 50;

std::size_t count_newlines(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

CsvReader::CsvReader(ByteSource source, CsvFormat format, CsvLimits limits)
    : source_(std::move(source)),
      format_(format),
      limits_(limits),
      block_bytes_(std::clamp<std::size_t>(source_.bytes_total(), block_bytes_min, block_bytes_max)
      ) {
    DAYBOOK_ASSERT(limits_.field_bytes_max <= limits_.row_bytes_max);
    text_.resize(block_bytes_ + 1);
}

Result<const CsvRow*> CsvReader::next() {
    if (failure_) return *failure_;
    for (;;) {
        at_ = row_begin_;
        const Scan scan = scan_row();
        if (scan == Scan::failed) return *failure_;
        if (scan == Scan::unfinished) {
            const std::size_t held = text_end_ - row_begin_;
            if (pending_) {
                pending_->message += fmt::format(" (line {})", line_at(text_end_));
                failure_ = std::move(pending_);
                return *failure_;
            }
            if (is_at_end_ && held == 0) return static_cast<const CsvRow*>(nullptr);
            if (held > limits_.row_bytes_max) {
                (void)fail(
                    ErrorCode::too_large,
                    fmt::format(
                        "the row at line {} is longer than {} bytes", line_, limits_.row_bytes_max
                    )
                );
                return *failure_;
            }
            DAYBOOK_TRY_VOID(fill());
            continue;
        }
        const bool is_blank = fields_.size() == 1 && fields_[0].empty() && escaped_.empty() &&
                              text_[row_begin_] != '"';
        row_.line = line_;
        // A lone carriage return ends a row too, and line_at counts only line feeds.
        const bool is_counted = !has_quotes_ || (at_ > row_begin_ && text_[at_ - 1] == '\r');
        line_ = has_quotes_ ? line_at(at_) : line_;
        if (is_counted) ++line_;
        row_begin_ = at_;
        if (is_blank) continue;
        collapse_quotes();
        row_.fields = fields_;
        return &row_;
    }
}

// The lines up to `offset` of the block, counted from the present row's.
std::uint64_t CsvReader::line_at(std::size_t offset) const {
    return line_ + count_newlines({text_.data() + row_begin_, offset - row_begin_});
}

CsvReader::Scan CsvReader::fail(ErrorCode code, std::string message) {
    failure_ = Error{code, source_.name() + ": " + std::move(message)};
    return Scan::failed;
}

// From row_begin_ to behind its newline. text_[text_end_] is a newline that stands guard, so that
// no loop must look for the end of the block.
CsvReader::Scan CsvReader::scan_row() {
    fields_.clear();
    escaped_.clear();
    has_quotes_ = false;
    if (row_begin_ == text_end_) return Scan::unfinished;
    text_[text_end_] = '\n';
    const char delimiter = format_.delimiter;
    for (;;) {
        if (text_[at_] == '"' && at_ < text_end_) {
            const Scan scan = scan_quoted();
            if (scan != Scan::whole) return scan;
        } else {
            const std::size_t begin = at_;
            const char* p = text_.data() + at_;
            while (*p != delimiter && *p != '\n' && *p != '\r') ++p;
            at_ = static_cast<std::size_t>(p - text_.data());
            if (at_ == text_end_ && !is_at_end_) return Scan::unfinished;
            if (const Scan scan = end_field(begin, at_); scan != Scan::whole) return scan;
        }
        if (at_ == text_end_) break;  // The last row, without a newline.
        if (text_[at_] != delimiter) {
            if (text_[at_] == '\r' && at_ + 1 == text_end_ && !is_at_end_) return Scan::unfinished;
            take_newline();
            break;
        }
        ++at_;
    }
    if (at_ - row_begin_ <= limits_.row_bytes_max) return Scan::whole;
    return fail(
        ErrorCode::too_large,
        fmt::format("the row at line {} is longer than {} bytes", line_, limits_.row_bytes_max)
    );
}

CsvReader::Scan CsvReader::scan_quoted() {
    const std::size_t opening = at_;
    const std::size_t begin = at_ + 1;
    bool has_doubled = false;
    has_quotes_ = true;
    std::size_t quote = begin;
    for (;;) {
        const void* found = std::memchr(text_.data() + quote, '"', text_end_ - quote);
        if (found == nullptr ||
            (static_cast<const char*>(found) == text_.data() + text_end_ - 1 && !is_at_end_)) {
            if (!is_at_end_) return Scan::unfinished;
            return fail(
                ErrorCode::invalid,
                fmt::format("the quote opened at line {} is never closed", line_at(opening))
            );
        }
        quote = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
        if (quote + 1 == text_end_ || text_[quote + 1] != '"') break;
        has_doubled = true;
        quote += 2;
    }
    at_ = quote + 1;
    const char after = text_[at_];
    if (after != format_.delimiter && after != '\n' && after != '\r') {
        return fail(
            ErrorCode::invalid,
            fmt::format(
                "line {} has text between a closing quote and the next '{}'; double a quote that "
                "belongs to the text",
                line_at(at_),
                format_.delimiter
            )
        );
    }
    if (has_doubled) escaped_.push_back({fields_.size()});
    return end_field(begin, quote);
}

CsvReader::Scan CsvReader::end_field(std::size_t begin, std::size_t end) {
    if (end - begin > limits_.field_bytes_max) {
        return fail(
            ErrorCode::too_large,
            fmt::format(
                "column {} of the row at line {} is longer than {} bytes",
                fields_.size() + 1,
                line_,
                limits_.field_bytes_max
            )
        );
    }
    if (fields_.size() == limits_.columns_max) {
        return fail(
            ErrorCode::too_large,
            fmt::format("the row at line {} has over {} columns", line_, limits_.columns_max)
        );
    }
    fields_.emplace_back(text_.data() + begin, end - begin);
    return Scan::whole;
}

void CsvReader::take_newline() {
    if (text_[at_] == '\r' && at_ + 1 < text_end_ && text_[at_ + 1] == '\n') ++at_;
    ++at_;
}

// Each field shrinks in its own place, and only once its row is whole.
void CsvReader::collapse_quotes() {
    for (const Escaped& escaped : escaped_) {
        std::string_view& field = fields_[escaped.index];
        char* const begin = text_.data() + (field.data() - text_.data());
        char* to = begin;
        for (std::size_t i = 0; i < field.size(); ++i) {
            *to++ = begin[i];
            if (begin[i] == '"') ++i;
        }
        field = {begin, static_cast<std::size_t>(to - begin)};
    }
}

// Reads one block more behind what is held.
Result<void> CsvReader::fill() {
    DAYBOOK_ASSERT(!is_at_end_);
    std::memmove(text_.data(), text_.data() + row_begin_, text_end_ - row_begin_);
    text_end_ -= row_begin_;
    row_begin_ = 0;
    const std::size_t growth = block_bytes_ * decoded_growth_max;
    // A long row doubles the block, so that it is not scanned again and again.
    const std::size_t wanted = std::max(text_end_ + growth, text_end_ * 2) + 1;
    if (text_.size() < text_end_ + growth + 1) text_.resize(wanted);
    raw_.resize(block_bytes_);

    auto read = source_.read(std::span{raw_}.subspan(raw_held_));
    if (!read) {
        pending_ = std::move(read).error();
        return {};
    }
    raw_held_ += read.value();
    is_at_end_ = read.value() == 0;
    std::span<const char> from{raw_.data(), raw_held_};
    if (!is_begun_ && format_.encoding == Encoding::utf_8 && !is_at_end_) {
        const std::string_view first{from.data(), from.size()};
        if (first.size() < byte_order_mark.size() && byte_order_mark.starts_with(first)) return {};
        if (first.starts_with(byte_order_mark)) from = from.subspan(byte_order_mark.size());
    }
    is_begun_ = true;
    const Decoded decoded = decode(format_.encoding, from, std::span{text_}.subspan(text_end_));
    text_end_ += decoded.written;
    if (decoded.is_invalid || (is_at_end_ && decoded.taken < from.size())) {
        const auto byte = static_cast<unsigned char>(from[decoded.taken]);
        is_at_end_ = false;
        pending_ = Error{
            ErrorCode::invalid,
            fmt::format(
                "{}: byte 0x{:02X} is not {} text; name the right encoding in the mapping, as "
                "'encoding windows-1252', or correct the file",
                source_.name(),
                byte,
                name_of(format_.encoding)
            )};
        return {};
    }
    raw_held_ = from.size() - decoded.taken;
    std::memmove(raw_.data(), from.data() + decoded.taken, raw_held_);
    return {};
}

namespace {

// The number of columns that the first rows agree on; 0 if they do not, or cannot be read so.
Result<std::size_t> columns_by(std::string_view sample, const CsvFormat& format) {
    CsvReader reader{ByteSource::of(std::string{sample}), format};
    std::size_t columns = 0;
    for (std::size_t row = 0; row < rows_to_judge; ++row) {
        const auto next = reader.next();
        if (!next) return std::size_t{0};
        if (next.value() == nullptr) break;
        const std::size_t found = next.value()->fields.size();
        if (row > 0 && found != columns) return std::size_t{0};
        columns = found;
    }
    return columns;
}

}  // namespace

Result<char> detect_delimiter(ByteSource source, Encoding encoding) {
    std::string sample(block_bytes_max, '\0');
    std::size_t held = 0;
    while (held < sample.size()) {
        DAYBOOK_TRY(const std::size_t count, source.read(std::span{sample}.subspan(held)));
        if (count == 0) break;
        held += count;
    }
    const bool is_all = held < sample.size();
    sample.resize(held);
    // A row that the sample cuts is no witness.
    if (!is_all) sample.resize(sample.rfind('\n') + 1);
    std::string found;
    bool has_one_column = false;
    for (const char delimiter : delimiters) {
        DAYBOOK_TRY(const std::size_t columns, columns_by(sample, {encoding, delimiter}));
        if (columns > 1) found += delimiter;
        has_one_column = has_one_column || columns == 1;
    }
    if (found.size() == 1) return found.front();
    if (found.empty() && has_one_column) return ',';
    return Error{
        ErrorCode::invalid,
        fmt::format(
            "the delimiter of {} cannot be told; name it with a line like 'delimiter semicolon' in "
            "the mapping",
            source.name()
        )};
}

void append_csv_row(std::string& out, std::span<const std::string_view> fields, char delimiter) {
    bool is_first = true;
    for (const std::string_view field : fields) {
        if (!is_first) out += delimiter;
        is_first = false;
        const bool has_special = field.find_first_of("\"\r\n") != std::string_view::npos ||
                                 field.find(delimiter) != std::string_view::npos;
        // One empty column must not look like an empty line.
        if (!has_special && !(field.empty() && fields.size() == 1)) {
            out += field;
            continue;
        }
        out += '"';
        for (const char c : field) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }
    out += "\r\n";
}

}  // namespace daybook::files
