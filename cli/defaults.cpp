#include "cli/defaults.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <vector>

#include "engine/base/nearest.hpp"

namespace daybook::cli {
namespace {

struct Default {
    std::string_view name;
    const char* variable;
};
constexpr Default defaults[] = {
    {"book", "DAYBOOK_BOOK"},
    {"format", "DAYBOOK_FORMAT"},
    {"actor", "DAYBOOK_ACTOR"},
    {"local", "DAYBOOK_LOCAL"},
    {"node", "DAYBOOK_NODE"},
    {"pager", "DAYBOOK_PAGER"},
};

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Result<void> take(const CLI::ConfigItem& item, const std::string& path) {
    const std::string name = item.fullname();
    const auto* found = std::ranges::find(defaults, name, &Default::name);
    if (found == std::end(defaults)) {
        std::vector<std::string_view> names;
        for (const Default& known : defaults) names.push_back(known.name);
        return Error{
            ErrorCode::invalid,
            fmt::format("{}: there is no default \"{}\"{}", path, name, suggestion(name, names))};
    }
    if (item.inputs.size() != 1 || item.inputs.front().empty()) {
        return Error{
            ErrorCode::invalid,
            fmt::format("{0}: {1} needs one value, as {1} = \"...\"", path, name)};
    }
    constexpr int keep_what_is_set = 0;
    ::setenv(found->variable, item.inputs.front().c_str(), keep_what_is_set);
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
    for (const CLI::ConfigItem& item : CLI::ConfigTOML{}.from_config(file)) {
        DAYBOOK_TRY_VOID(take(item, path));
    }
    return {};
}

}  // namespace daybook::cli
