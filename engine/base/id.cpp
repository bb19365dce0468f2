#include "engine/base/id.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/checksum.hpp"

namespace daybook {
namespace {

constexpr std::size_t uuid_text_bytes = 36;

bool is_code(std::string_view text) {
    const bool printable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    return !text.empty() && text.size() <= id_code_bytes_max && printable && text.front() != ' ' &&
           text.back() != ' ';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_dash_place(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

Id from_code(std::string_view code) {
    Id id;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const auto byte = static_cast<std::uint64_t>(static_cast<unsigned char>(code[i]));
        (i < 8 ? id.high : id.low) |= byte << (56 - 8 * (i % 8));
    }
    return id;
}

Result<Id> from_uuid(std::string_view text) {
    Id id;
    std::size_t nibbles = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_dash_place(at)) {
            if (text[at] == '-') continue;
            return Error{ErrorCode::invalid, fmt::format("\"{}\" is not a UUID", text)};
        }
        const int value = hex_value(text[at]);
        if (value < 0) return Error{ErrorCode::invalid, fmt::format("\"{}\" is not a UUID", text)};
        std::uint64_t& half = nibbles < 16 ? id.high : id.low;
        half = half << 4 | static_cast<std::uint64_t>(value);
        ++nibbles;
    }
    if ((id.low >> 62) != 2) {
        return Error{
            ErrorCode::invalid,
            fmt::format("\"{}\" is not a UUID of RFC 9562 (its variant differs)", text)};
    }
    return id;
}

}  // namespace

Id id_from_code(std::string_view code) {
    DAYBOOK_ASSERT(is_code(code));
    return from_code(code);
}

Result<Id> parse_id(std::string_view text) {
    if (is_code(text)) return from_code(text);
    if (text.size() == uuid_text_bytes) return from_uuid(text);
    return Error{
        ErrorCode::invalid,
        fmt::format(
            "\"{}\" is not an id; use a code of 1 to 16 ASCII characters, or a UUID",
            text.substr(0, 60)
        )};
}

std::string to_string(const Id& id) {
    if (id.is_none()) return {};
    if (id.is_uuid()) {
        return fmt::format(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            id.high >> 32,
            id.high >> 16 & 0xFFFF,
            id.high & 0xFFFF,
            id.low >> 48,
            id.low & 0xFFFF'FFFF'FFFF
        );
    }
    std::string code;
    for (std::size_t i = 0; i < id_code_bytes_max; ++i) {
        const std::uint64_t half = i < 8 ? id.high : id.low;
        const char c = static_cast<char>(half >> (56 - 8 * (i % 8)) & 0xFF);
        if (c == '\0') break;
        code.push_back(c);
    }
    return code;
}

Id id_from_text(std::string_view text) {
    const Digest128 digest = checksum_128(text);
    return {
        .high = (digest.high & ~0xF000ULL) | 0x8000ULL,
        .low = (digest.low & ~(3ULL << 62)) | (2ULL << 62),
    };
}

Id uuid_v7(std::uint64_t unix_ms, std::uint64_t random_high, std::uint64_t random_low) {
    return {
        .high = unix_ms << 16 | 0x7000ULL | (random_high & 0xFFFULL),
        .low = (random_low & ~(3ULL << 62)) | (2ULL << 62),
    };
}

}  // namespace daybook
