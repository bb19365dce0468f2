// The charts of accounts that come with the program, as the text of their files. The build makes
// the definitions from charts/*.chart, whose first lines say what the fields are.
#pragma once

#include <span>
#include <string_view>

namespace daybook::accounting {

struct ChartFile {
    std::string_view name;
    std::string_view text;
};

[[nodiscard]] std::span<const ChartFile> chart_files();

}  // namespace daybook::accounting
