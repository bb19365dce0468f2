// A source file as the house rules see it: its lines, and the same with comments and the contents
// of strings blanked out, so that a rule about code never trips over prose.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::tidy {

struct Source {
    std::string path;  // From the top of the repository, with slashes.
    std::string text;
    std::string code;  // As long as text, line for line.

    [[nodiscard]] bool is_header() const { return path.ends_with(".hpp"); }
    [[nodiscard]] bool is_below(std::string_view folder) const {
        return path.starts_with(folder) && path.size() > folder.size() &&
               path[folder.size()] == '/';
    }
};

struct Finding {
    std::string path;
    std::size_t line;
    std::string message;
};

using Findings = std::vector<Finding>;

[[nodiscard]] Source make_source(std::string path, std::string text);
// Every .hpp and .cpp below the top, but for build/ and hidden folders, ordered by path.
[[nodiscard]] std::vector<Source> read_sources(const std::filesystem::path& top);
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);
[[nodiscard]] std::size_t line_of(std::string_view text, std::size_t offset);

}  // namespace daybook::tidy
