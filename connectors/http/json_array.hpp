// Takes a JSON array apart into the texts of its elements, which the codec reads one by one.
#pragma once

#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook::http {

// Whether the text is an array at all: its first character but for white space is "[".
[[nodiscard]] bool is_json_array(std::string_view json);
// The elements, valid as long as `json`; too_large beyond `count_max`. What stands inside an
// element is not looked at but for its brackets and strings: whoever reads the elements does.
[[nodiscard]] Result<std::vector<std::string_view>> elements_of(
    std::string_view json, std::size_t count_max
);

}  // namespace daybook::http
