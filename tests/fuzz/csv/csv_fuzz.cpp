// Any bytes as a CSV file, in every encoding and by every delimiter, as they come and behind gzip's
// first bytes; what is read is written and must read back the same. And any bytes as a mapping.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files/csv.hpp"
#include "connectors/files/mapping.hpp"

namespace daybook::files {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// Small limits, so that small inputs reach them.
constexpr CsvLimits limits{.field_bytes_max = 512, .row_bytes_max = 1'024, .columns_max = 64};

Rows read_rows(std::string text, const CsvFormat& format, bool& is_whole) {
    CsvReader reader{ByteSource::of(std::move(text)), format, limits};
    Rows rows;
    std::uint64_t line = 0;
    for (;;) {
        const auto next = reader.next();
        is_whole = next.ok();
        if (!next.ok()) {
            // A reader that failed says the same again.
            DAYBOOK_ASSERT(reader.next().error().message == next.error().message);
            return rows;
        }
        if (next.value() == nullptr) return rows;
        DAYBOOK_ASSERT(next.value()->line > line);
        line = next.value()->line;
        rows.emplace_back(next.value()->fields.begin(), next.value()->fields.end());
    }
}

void check_csv(std::string text, const CsvFormat& format) {
    bool is_whole = false;
    const Rows rows = read_rows(std::move(text), format, is_whole);
    std::string written;
    for (const auto& row : rows) {
        const std::vector<std::string_view> fields(row.begin(), row.end());
        append_csv_row(written, fields, format.delimiter);
    }
    // Quotes may double a field's bytes beyond a limit; then nothing is compared.
    for (const auto& row : rows) {
        std::size_t bytes = 2;
        for (const auto& field : row) {
            bytes += 2 * field.size() + 3;
            if (2 * field.size() > limits.field_bytes_max) return;
        }
        if (bytes > limits.row_bytes_max) return;
    }
    // A field that begins as a byte order mark does would lose it at the front of a file.
    const Rows again = read_rows("\n" + written, {Encoding::utf_8, format.delimiter}, is_whole);
    DAYBOOK_ASSERT(is_whole);
    DAYBOOK_ASSERT(again == rows);
}

}  // namespace

void fuzz(std::string_view input) {
    constexpr std::array encodings{
        Encoding::utf_8, Encoding::iso_8859_1, Encoding::iso_8859_15, Encoding::windows_1252};
    if (input.empty()) return;
    const char choice = input.front();
    input.remove_prefix(1);
    const std::string text{input};
    if (choice == 'm') {
        auto mapping = parse_mapping(input, "fuzz.map");
        if (mapping.ok()) (void)add_aliases(mapping.value(), input);
        return;
    }
    const char delimiter = ",;\t|"[static_cast<unsigned char>(choice) % 4];
    check_csv(text, {encodings[static_cast<unsigned char>(choice) / 4 % 4], delimiter});
    if (choice == 'z') check_csv("\x1f\x8b\x08" + text, {Encoding::utf_8, delimiter});
    if (choice != 'd') return;
    const auto encoding = detect_encoding(ByteSource::of(text));
    if (encoding.ok()) (void)detect_delimiter(ByteSource::of(text), encoding.value());
}

}  // namespace daybook::files

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    daybook::files::fuzz({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
