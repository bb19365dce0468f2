// "Did you mean": the name among several that looks most like a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace daybook {

// Empty if none is near. Valid as long as the names.
[[nodiscard]] std::string_view nearest_name(
    std::string_view mistyped, const std::vector<std::string_view>& names
);
// "; did you mean "lines"?", or the names when none is near and they are few, or nothing.
[[nodiscard]] std::string suggestion(
    std::string_view mistyped, const std::vector<std::string_view>& names
);

}  // namespace daybook
