// The mappings that come with the program, as the text of their files.
#pragma once

#include <span>
#include <string_view>

namespace daybook::files {

struct BuiltInMapping {
    std::string_view name;  // "northwind"
    std::string_view text;
};

// In the order of their names.
[[nodiscard]] std::span<const BuiltInMapping> built_in_mappings();

}  // namespace daybook::files
