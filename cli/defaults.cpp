#include "cli/defaults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "engine/base/nearest.hpp"

namespace daybook::cli {
namespace {

struct Default {
    std::string_view name;
    const char* variable;
    bool is_folder = false;
};
constexpr Default defaults[] = {
    {"book", "DAYBOOK_BOOK", true},
    {"format", "DAYBOOK_FORMAT"},
    {"actor", "DAYBOOK_ACTOR"},
    {"local", "DAYBOOK_LOCAL", true},
    {"node", "DAYBOOK_NODE"},
    {"pager", "DAYBOOK_PAGER"},
};

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Error wrong(const std::string& path, const toml::source_region& where, std::string_view what) {
    return {ErrorCode::invalid, fmt::format("{}: line {}: {}", path, where.begin.line, what)};
}

// No shell reads the file: ~ is the home folder here as well.
std::string folder_of(const std::string& text) {
    const bool is_at_home = text == "~" || text.starts_with("~/");
    return is_at_home ? variable("HOME") + text.substr(1) : text;
}

Result<void> take(const std::string& path, const toml::key& key, const toml::node& node) {
    const std::string name{key.str()};
    if (node.is_table() || node.is_array_of_tables()) {
        return wrong(
            path,
            key.source(),
            fmt::format("there is no section \"{}\"; defaults stand in none", name)
        );
    }
    const auto* found = std::ranges::find(defaults, name, &Default::name);
    if (found == std::end(defaults)) {
        std::vector<std::string_view> names;
        for (const Default& known : defaults) names.push_back(known.name);
        const std::string near = suggestion(name, names);
        return wrong(path, key.source(), fmt::format("there is no default \"{}\"{}", name, near));
    }
    const std::string value = node.value_or(std::string{});
    if (!node.is_string() || value.empty()) {
        return wrong(path, key.source(), fmt::format("{0} needs one text, as {0} = \"...\"", name));
    }
    constexpr int keep_what_is_set = 0;
    const std::string taken = found->is_folder ? folder_of(value) : value;
    ::setenv(found->variable, taken.c_str(), keep_what_is_set);
    return {};
}

}  // namespace

std::string defaults_path() {
    std::string folder = variable("XDG_CONFIG_HOME");
    if (folder.empty() && !variable("HOME").empty()) folder = variable("HOME") + "/.config";
    return folder.empty() ? "" : folder + "/daybook/config.toml";
}

Result<void> take_defaults() {
    const std::string path = defaults_path();
    std::ifstream file{path};
    if (path.empty() || !file) return {};
    try {
        for (const auto& [key, node] : toml::parse(file, path)) {
            DAYBOOK_TRY_VOID(take(path, key, node));
        }
    } catch (const toml::parse_error& error) {
        const auto what =
            fmt::format("{}; a line is as book = \"acme\", with quotes", error.description());
        return wrong(path, error.source(), what);
    }
    return {};
}

}  // namespace daybook::cli
