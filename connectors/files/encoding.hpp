// Text in the encodings that exported files come in, turned into UTF-8. Nothing is guessed: what
// could be read in two ways is an Error that says how to name the encoding.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "connectors/files/byte_source.hpp"
#include "engine/base/result.hpp"

namespace daybook::files {

enum class Encoding : unsigned char { utf_8, iso_8859_1, iso_8859_15, windows_1252 };

[[nodiscard]] std::string_view name_of(Encoding encoding);
[[nodiscard]] std::optional<Encoding> encoding_named(std::string_view name);

struct Decoded {
    std::size_t taken = 0;    // Bytes of the input that were read,
    std::size_t written = 0;  // and bytes of UTF-8 that they became.
    bool is_invalid = false;  // The byte at `taken` is none of this encoding.
};

// One byte becomes at most this many.
inline constexpr std::size_t decoded_growth_max = 3;

// Decodes all of `from`, but for an unfinished sequence at its end, into `to`, which has room for
// decoded_growth_max times as much. For UTF-8 the two may be the same bytes. A zero byte is invalid
// in every encoding: no text has one.
[[nodiscard]] Decoded decode(Encoding encoding, std::span<const char> from, std::span<char> to);

// Reads the source to its end and names the one encoding that it can be in.
[[nodiscard]] Result<Encoding> detect_encoding(ByteSource source);

}  // namespace daybook::files
