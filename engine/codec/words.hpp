// The shared words of common.fbs between their text and their bytes inside a struct or table.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/codec/layout.hpp"

namespace daybook::codec {

// "money like \"EUR 12.50\"": what a value of this kind is, for messages and help.
[[nodiscard]] std::string_view name_of(Kind kind);
// "EUR 12.50"; empty for the kinds that are not words.
[[nodiscard]] std::string_view example_of(Kind kind);
[[nodiscard]] bool is_word(Kind kind);

// Writes the struct's bytes; `to` was filled with zeros. "" is none.
[[nodiscard]] Result<void> put_word(Kind kind, std::string_view text, std::byte* to);
// Whether the struct's bytes say nothing: an id, day or instant of none, zero of no currency. A
// quantity or a rate of zero says something.
[[nodiscard]] bool is_none(Kind kind, const std::byte* from);
void append_word(Kind kind, const std::byte* from, std::string& out);

}  // namespace daybook::codec
