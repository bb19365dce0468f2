// A mapping's source, opened.

#include "connectors/files/source_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/files/encoding.hpp"

namespace daybook::files {
namespace {

std::string joined_path(const std::string& folder, const std::string& file) {
    if (folder.empty() || file.starts_with('/')) return file;
    return folder.ends_with('/') ? folder + file : folder + "/" + file;
}

Result<ByteSource> find_file(const MappedSource& source, const std::string& folder) {
    for (const std::string& file : source.files) {
        auto opened = ByteSource::open(joined_path(folder, file));
        if (opened || opened.error().code != ErrorCode::not_found) return opened;
    }
    return Error{
        ErrorCode::not_found,
        fmt::format(
            "the source {} needs the file {} in {}",
            source.name,
            fmt::join(source.files, " or "),
            folder.empty() ? "the current folder" : folder
        )};
}

std::string base_name(std::string_view path) {
    path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0.
    if (path.ends_with(".gz")) path.remove_suffix(3);
    return std::string{path};
}

}  // namespace

std::optional<std::size_t> SourceFile::column_named(std::string_view column) const {
    const auto found = std::ranges::find(columns, column);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

Result<SourceFile> open_source(const MappedSource& source, const std::string& folder) {
    DAYBOOK_TRY(ByteSource bytes, find_file(source, folder));
    const std::string path = bytes.name();
    CsvFormat format;
    if (source.encoding) {
        format.encoding = *source.encoding;
    } else {
        DAYBOOK_TRY(ByteSource again, ByteSource::open(path));
        DAYBOOK_TRY(format.encoding, detect_encoding(std::move(again)));
    }
    if (source.delimiter) {
        format.delimiter = *source.delimiter;
    } else {
        DAYBOOK_TRY(ByteSource again, ByteSource::open(path));
        DAYBOOK_TRY(format.delimiter, detect_delimiter(std::move(again), format.encoding));
    }
    SourceFile file{
        path,
        base_name(path),
        format,
        source.columns,
        source.columns.empty(),
        {std::move(bytes), format}};
    if (!file.has_names_row) return file;
    DAYBOOK_TRY(const CsvRow* const names, file.reader.next());
    if (names == nullptr) {
        return Error{ErrorCode::invalid, fmt::format("{} is empty: it has no row of names", path)};
    }
    for (std::string_view name : names->fields) {
        while (name.ends_with(' ')) name.remove_suffix(1);
        while (name.starts_with(' ')) name.remove_prefix(1);
        if (!name.empty() && file.column_named(name)) {
            return Error{
                ErrorCode::invalid, fmt::format("{} has two columns named {}", path, name)};
        }
        file.columns.emplace_back(name);
    }
    return file;
}

Result<std::uint64_t> check_rows(const SourceFile& file) {
    DAYBOOK_TRY(ByteSource bytes, ByteSource::open(file.path));
    CsvReader reader{std::move(bytes), file.format};
    std::uint64_t rows = 0;
    for (;; ++rows) {
        DAYBOOK_TRY(const CsvRow* const row, reader.next());
        if (row == nullptr) break;
    }
    return file.has_names_row ? rows - 1 : rows;
}

Result<RowTable> load_rows(SourceFile& file) {
    RowTable rows;
    for (;;) {
        DAYBOOK_TRY(const CsvRow* const row, file.reader.next());
        if (row == nullptr) return rows;
        rows.add(row->line, row->fields);
        if (rows.text_bytes() > held_bytes_max) {
            return Error{
                ErrorCode::too_large,
                fmt::format(
                    "{} holds more than {} bytes of rows; sort it by document and leave out "
                    "'anywhere'",
                    file.path,
                    held_bytes_max
                )};
        }
    }
}

}  // namespace daybook::files
