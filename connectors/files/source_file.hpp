// A mapping's source, opened: which file it is, how its bytes read, and what its columns are
// called.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files/csv.hpp"
#include "connectors/files/mapping.hpp"
#include "connectors/files/row_table.hpp"
#include "engine/base/result.hpp"

namespace daybook::files {

struct SourceFile {
    std::string path;
    std::string name;  // The file's own, without its folder and without ".gz".
    CsvFormat format;
    std::vector<std::string> columns;
    bool has_names_row = true;  // Or the mapping names its columns.
    CsvReader reader;           // Stands behind the row of names.

    [[nodiscard]] std::optional<std::size_t> column_named(std::string_view column) const;
};

// The first of the source's files that is in the folder. A file may also be given by its path.
[[nodiscard]] Result<SourceFile> open_source(const MappedSource& source, const std::string& folder);

// Reads the file to its end and counts its rows but for that of the names: an Error if it cannot be
// read as it says.
[[nodiscard]] Result<std::uint64_t> check_rows(const SourceFile& file);

// The rest of the file's rows, in memory.
[[nodiscard]] Result<RowTable> load_rows(SourceFile& file);

inline constexpr std::size_t held_bytes_max = std::size_t{4} << 30;  // Of rows held in memory.

}  // namespace daybook::files
