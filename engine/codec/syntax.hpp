// Where a text stops being JSON, for the message after the fast parser has refused it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace daybook::codec {

// "the JSON is broken at line 1, column 17: ..."; also for invalid UTF-8, too deep nesting and
// integers beyond 64 bits.
[[nodiscard]] std::string json_fault(std::string_view json, std::size_t depth_max);

}  // namespace daybook::codec
