// The name of a party, document, account, item ...: 16 bytes that are either a code that people
// chose ("411000", "INV-2026-00017", at most 16 printable ASCII characters, kept as they are) or a
// UUID (RFC 9562). Byte 8 tells them apart: its top bit is set in every UUID and in no code.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace daybook {

struct Id {
    std::uint64_t high = 0;  // Bytes 0 to 7, the first one most significant.
    std::uint64_t low = 0;   // Bytes 8 to 15.

    [[nodiscard]] constexpr bool is_none() const { return high == 0 && low == 0; }
    [[nodiscard]] constexpr bool is_uuid() const { return (low >> 63) != 0; }
    // Codes order as text does; none comes first and UUIDs order by their bytes.
    friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

inline constexpr std::size_t id_code_bytes_max = 16;

// The code as an id; asserts that it is one. For names in our own source.
[[nodiscard]] Id id_from_code(std::string_view code);
// A code or a UUID, from input.
[[nodiscard]] Result<Id> parse_id(std::string_view text);
[[nodiscard]] std::string to_string(const Id& id);  // The code, the UUID, or "" for none.
// A UUID (version 8) that stands for a longer text: the same text gives the same id for ever.
[[nodiscard]] Id id_from_text(std::string_view text);
// A UUID of version 7: made at `unix_ms`, made unlike others by 74 random bits.
[[nodiscard]] Id uuid_v7(
    std::uint64_t unix_ms, std::uint64_t random_high, std::uint64_t random_low
);

[[nodiscard]] constexpr std::uint64_t hash_of(const Id& id) {
    std::uint64_t mixed = (id.high ^ (id.low * 0x9E3779B97F4A7C15ULL)) * 0xD6E8FEB86659FD93ULL;
    mixed ^= mixed >> 32;
    mixed *= 0xD6E8FEB86659FD93ULL;
    return mixed ^ (mixed >> 32);
}

}  // namespace daybook

template <>
struct std::hash<daybook::Id> {
    std::size_t operator()(const daybook::Id& id) const noexcept { return daybook::hash_of(id); }
};
