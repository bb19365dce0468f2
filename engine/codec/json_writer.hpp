// Verified bytes as JSON, in the schema's order; what is none or absent is left out.
#pragma once

#include <string>
#include <string_view>

#include "engine/codec/layout.hpp"

namespace daybook::codec {

// The object of one table: {"item": "W", ...}. `table` points at a verified FlatBuffers table.
void append_table(const Shape& shape, const void* table, std::string& out);
// "text", with its quotes and escapes.
void append_text(std::string_view text, std::string& out);

}  // namespace daybook::codec
