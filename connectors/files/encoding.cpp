// Text in the encodings that exported files come in, turned into UTF-8.

#include "connectors/files/encoding.hpp"

#include <fmt/format.h>

#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace daybook::files {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} << 10;

// What Windows-1252 has at 0x80 to 0x9F; 0 where it has nothing.
constexpr std::array<std::uint16_t, 32> windows_1252_low{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// Where ISO 8859-15 differs from ISO 8859-1.
struct Difference {
    unsigned char byte;
    std::uint16_t character;
};
constexpr std::array<Difference, 8> iso_8859_15_differences{
    {{0xA4, 0x20AC},
     {0xA6, 0x0160},
     {0xA8, 0x0161},
     {0xB4, 0x017D},
     {0xB8, 0x017E},
     {0xBC, 0x0152},
     {0xBD, 0x0153},
     {0xBE, 0x0178}}};

using CharacterTable = std::array<std::uint16_t, 256>;  // 0: no such byte.

constexpr CharacterTable table_of(Encoding encoding) {
    CharacterTable table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::uint16_t>(i);
    if (encoding == Encoding::windows_1252) {
        for (std::size_t i = 0; i < 32; ++i) table[0x80 + i] = windows_1252_low[i];
    }
    if (encoding == Encoding::iso_8859_15) {
        for (const Difference& difference : iso_8859_15_differences) {
            table[difference.byte] = difference.character;
        }
    }
    return table;
}

constexpr CharacterTable latin_1 = table_of(Encoding::iso_8859_1);
constexpr CharacterTable latin_9 = table_of(Encoding::iso_8859_15);
constexpr CharacterTable windows = table_of(Encoding::windows_1252);

std::size_t ascii_run(const char* from, std::size_t size) {
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, from + at, 8);
        constexpr std::uint64_t ones = 0x0101010101010101ULL;
        // Neither a byte above 127 nor a zero byte: the borrow of a zero reaches its top bit.
        if (((word | (word - ones)) & (ones << 7)) != 0) break;
    }
    while (at<size&& static_cast<signed char>(from[at])> 0) ++at;
    return at;
}

char* put_utf_8(char* to, std::uint16_t character) {
    if (character < 0x80) {
        *to++ = static_cast<char>(character);
    } else if (character < 0x800) {
        *to++ = static_cast<char>(0xC0 | character >> 6);
        *to++ = static_cast<char>(0x80 | (character & 0x3F));
    } else {
        *to++ = static_cast<char>(0xE0 | character >> 12);
        *to++ = static_cast<char>(0x80 | (character >> 6 & 0x3F));
        *to++ = static_cast<char>(0x80 | (character & 0x3F));
    }
    return to;
}

Decoded decode_bytes(const CharacterTable& table, std::span<const char> from, char* const to) {
    char* end = to;
    std::size_t at = 0;
    while (at < from.size()) {
        const std::size_t run = ascii_run(from.data() + at, from.size() - at);
        std::memcpy(end, from.data() + at, run);
        end += run;
        at += run;
        if (at == from.size()) break;
        const std::uint16_t character = table[static_cast<unsigned char>(from[at])];
        if (character == 0) return {at, static_cast<std::size_t>(end - to), true};
        end = put_utf_8(end, character);
        ++at;
    }
    return {at, static_cast<std::size_t>(end - to), false};
}

enum class Sequence : unsigned char { whole, unfinished, invalid };

struct Checked {
    Sequence state;
    std::size_t bytes;
};

// One sequence of two to four bytes, by table 3-7 of the Unicode standard: no overlong form, no
// surrogate, nothing past U+10FFFF.
Checked check_sequence(std::span<const char> from) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(from[i]); };
    const unsigned char first = byte(0);
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return {Sequence::invalid, 0};
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    for (std::size_t i = 1; i < bytes; ++i) {
        if (i == from.size()) return {Sequence::unfinished, 0};
        if (byte(i) < low || byte(i) > high) return {Sequence::invalid, 0};
        low = 0x80;
        high = 0xBF;
    }
    return {Sequence::whole, bytes};
}

Decoded decode_utf_8(std::span<const char> from, char* const to) {
    std::size_t at = 0;
    bool is_invalid = false;
    while (at < from.size()) {
        at += ascii_run(from.data() + at, from.size() - at);
        if (at == from.size()) break;
        const Checked checked = check_sequence(from.subspan(at));
        is_invalid = checked.state == Sequence::invalid;
        if (checked.state != Sequence::whole) break;
        at += checked.bytes;
    }
    if (to != from.data()) std::memcpy(to, from.data(), at);
    return {at, at, is_invalid};
}

// What a file's bytes show of its encoding.
struct Evidence {
    std::bitset<256> seen;
    bool is_utf_8 = true;
    std::string unfinished;  // The last bytes of a block that end inside a sequence.

    void add(std::string_view block) {
        for (const char c : block) seen.set(static_cast<unsigned char>(c));
        if (!is_utf_8) return;
        std::string joined = unfinished;
        joined += block;
        const Decoded decoded = decode_utf_8(joined, joined.data());
        is_utf_8 = !decoded.is_invalid;
        unfinished = joined.substr(decoded.taken);
    }
};

Error ambiguous(const std::string& name, std::string_view between) {
    return {
        ErrorCode::invalid,
        fmt::format(
            "the encoding of {} cannot be told: it is not UTF-8, and could be {}; name it with a "
            "line like 'encoding windows-1252' in the mapping",
            name,
            between
        )};
}

Result<Encoding> conclude(const Evidence& evidence, const std::string& name) {
    if (evidence.is_utf_8 && evidence.unfinished.empty()) return Encoding::utf_8;
    bool has_low = false;
    bool fits_windows = true;
    for (std::size_t byte = 0x80; byte < 0xA0; ++byte) {
        if (!evidence.seen[byte]) continue;
        has_low = true;
        fits_windows = fits_windows && windows[byte] != 0;
    }
    // Nobody writes the control characters that ISO 8859 has here.
    if (has_low && fits_windows) return Encoding::windows_1252;
    if (has_low) return ambiguous(name, "none of those that are known here");
    for (const Difference& difference : iso_8859_15_differences) {
        if (!evidence.seen[difference.byte]) continue;
        return ambiguous(name, "ISO 8859-1, ISO 8859-15 or Windows-1252");
    }
    return Encoding::iso_8859_1;  // All three read these bytes alike.
}

}  // namespace

std::string_view name_of(Encoding encoding) {
    switch (encoding) {
        case Encoding::utf_8: return "utf-8";
        case Encoding::iso_8859_1: return "iso-8859-1";
        case Encoding::iso_8859_15: return "iso-8859-15";
        case Encoding::windows_1252: return "windows-1252";
    }
    return "unknown";
}

std::optional<Encoding> encoding_named(std::string_view name) {
    for (const Encoding encoding :
         {Encoding::utf_8, Encoding::iso_8859_1, Encoding::iso_8859_15, Encoding::windows_1252}) {
        if (name == name_of(encoding)) return encoding;
    }
    return std::nullopt;
}

Decoded decode(Encoding encoding, std::span<const char> from, std::span<char> to) {
    switch (encoding) {
        case Encoding::utf_8: return decode_utf_8(from, to.data());
        case Encoding::iso_8859_1: return decode_bytes(latin_1, from, to.data());
        case Encoding::iso_8859_15: return decode_bytes(latin_9, from, to.data());
        case Encoding::windows_1252: return decode_bytes(windows, from, to.data());
    }
    return {0, 0, true};
}

Result<Encoding> detect_encoding(ByteSource source) {
    Evidence evidence;
    std::vector<char> block(block_bytes);
    bool is_first = true;
    for (;;) {
        DAYBOOK_TRY(const std::size_t count, source.read(block));
        if (count == 0) break;
        const std::string_view text{block.data(), count};
        if (is_first && (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))) {
            return Error{
                ErrorCode::invalid,
                fmt::format(
                    "{} is in UTF-16, which is not read here; save it as CSV in UTF-8",
                    source.name()
                )};
        }
        is_first = false;
        evidence.add(text);
    }
    return conclude(evidence, source.name());
}

}  // namespace daybook::files
