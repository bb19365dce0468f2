// Who may include whom: the table of the house, as data.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "tests/tidy/rules.hpp"

namespace daybook::tidy {
namespace {

// Files below `folder` may include our headers that begin with one of `allowed`. The first folder
// that fits counts, so the deeper ones come first. Every file may include its own folder.
struct Layer {
    std::string_view folder;
    std::array<std::string_view, 12> allowed;
};

constexpr Layer layers[] = {
    {"engine/base", {"schemas/common.hpp"}},
    {"engine/domain/cost", {"engine/base/"}},
    {"engine/domain",
     {"engine/base/",
      "schemas/",
      "engine/domain/cost/",
      "engine/domain/module.hpp",
      "engine/domain/decision.hpp",
      "engine/domain/open_days.hpp",
      "engine/domain/read.hpp",
      "engine/domain/state.hpp"}},
    {"engine/os", {"engine/base/"}},
    {"engine/log", {"engine/base/", "engine/os/", "schemas/envelope.hpp"}},
    {"engine/store", {"engine/base/", "engine/os/"}},
    {"engine/codec",
     {"engine/base/",
      "schemas/",
      "engine/domain/registry.hpp",
      "engine/domain/command.hpp",
      "engine/domain/module.hpp",
      "engine/log/log.hpp"}},
    {"engine", {"engine/", "schemas/"}},
    {"projections/core",
     {"engine/base/",
      "schemas/",
      "engine/domain/read.hpp",
      "engine/domain/module.hpp",
      "engine/domain/registry.hpp",
      "engine/log/log.hpp",
      "engine/store/store.hpp"}},
    {"projections", {"engine/base/", "schemas/", "engine/domain/read.hpp", "projections/core/"}},
    // Its local copy is a segment log, and claims are events that no command makes.
    {"connectors/kafka",
     {"engine/base/",
      "engine/codec/",
      "engine/os/",
      "engine/log/lanes.hpp",
      "engine/log/log.hpp",
      "engine/log/merkle.hpp",
      "engine/log/segment_log.hpp",
      "engine/domain/read.hpp",
      "engine/domain/registry.hpp",
      "schemas/envelope.hpp",
      "schemas/node.hpp"}},
    {"connectors",
     {"engine/base/",
      "engine/codec/",
      "engine/os/clock.hpp",
      "engine/os/random.hpp",
      "engine/log/log.hpp",
      "engine/store/store.hpp",
      "engine/engine.hpp",
      "projections/core/query.hpp",
      "engine/domain/command.hpp",
      "engine/domain/registry.hpp",
      "schemas/envelope.hpp"}},
    {"cli", {"engine/", "schemas/", "projections/", "connectors/", "cli/"}},
    {"bench", {"bench/", "engine/", "schemas/", "projections/", "connectors/", "tests/support/"}},
    {"tests", {"engine/", "schemas/", "projections/", "connectors/", "cli/", "tests/"}},
};

// A library's headers occur in one folder (or in these few).
struct Home {
    std::string_view header;
    std::array<std::string_view, 4> folders;
};

constexpr Home homes[] = {
    {"rocksdb/", {"engine/store"}},
    {"librdkafka/", {"connectors/kafka", "bench/kafka", "tests/connectors/kafka"}},
    {"boost/asio", {"connectors/http"}},
    {"boost/beast", {"connectors/http"}},
    {"sqlite3.h", {"projections/sql"}},
    {"simdjson.h", {"engine/codec"}},
    {"openssl/", {"engine/log", "connectors/http", "tests/log"}},
    {"CLI/", {"cli"}},
    {"sys/", {"engine/os", "tests", "cli", "bench/http"}},
    {"unistd.h", {"engine/os", "tests", "cli", "bench/http"}},
    {"fcntl.h", {"engine/os", "tests"}},
    {"xxhash.h", {"engine/base"}},
    {"zlib.h", {"connectors/files", "tests/connectors"}},
};

struct Include {
    std::string_view name;
    bool is_ours;
    std::size_t line;
};

// Includes are read from the text: in the code, what stands between the quotes is blank.
std::vector<Include> includes_of(const Source& source) {
    std::vector<Include> includes;
    const auto lines = split_lines(source.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].starts_with("#include ")) continue;
        const std::size_t begin = lines[i].find_first_of("<\"");
        const std::size_t end = lines[i].find_last_of(">\"");
        if (begin == std::string_view::npos || end <= begin) continue;
        includes.push_back(
            {lines[i].substr(begin + 1, end - begin - 1), lines[i][begin] == '"', i + 1}
        );
    }
    return includes;
}

std::string folder_of(std::string_view path) {
    return std::string{path.substr(0, path.rfind('/') + 1)};
}

bool is_allowed(const Layer& layer, std::string_view included) {
    return std::ranges::any_of(layer.allowed, [&](std::string_view prefix) {
        return !prefix.empty() && included.starts_with(prefix);
    });
}

// Connectors and business modules know only themselves: connectors/files never includes
// connectors/http, nor engine/domain/crm engine/domain/sales.
std::optional<std::string> own_root(const Source& source) {
    for (const std::string_view parent : {"connectors/", "engine/domain/", "projections/"}) {
        if (!source.path.starts_with(parent)) continue;
        const std::size_t end = source.path.find('/', parent.size());
        if (end != std::string::npos) return source.path.substr(0, end + 1);
    }
    return std::nullopt;
}

bool is_own(const Source& source, std::string_view included) {
    if (included.starts_with(folder_of(source.path))) {
        const auto root = own_root(source);
        return root.has_value() ||
               included.find('/', folder_of(source.path).size()) == std::string::npos;
    }
    const auto root = own_root(source);
    return root && included.starts_with(*root);
}

}  // namespace

void check_layers(const Source& source, Findings& findings) {
    const auto* layer = std::ranges::find_if(layers, [&](const Layer& candidate) {
        return source.is_below(candidate.folder);
    });
    if (layer == std::end(layers)) {
        findings.push_back({source.path, 1, "stands in no folder that the layering table knows"});
        return;
    }
    for (const Include& include : includes_of(source)) {
        if (!include.is_ours || is_own(source, include.name) || is_allowed(*layer, include.name)) {
            continue;
        }
        findings.push_back({
            source.path,
            include.line,
            fmt::format("{} may not include {}", layer->folder, include.name),
        });
    }
}

void check_libraries(const Source& source, Findings& findings) {
    for (const Include& include : includes_of(source)) {
        for (const Home& home : homes) {
            if (!include.name.starts_with(home.header) || include.is_ours) continue;
            const bool at_home = std::ranges::any_of(home.folders, [&](std::string_view folder) {
                return !folder.empty() && source.is_below(folder);
            });
            if (at_home) continue;
            findings.push_back({
                source.path,
                include.line,
                fmt::format("<{}> belongs to {} alone", include.name, home.folders[0]),
            });
        }
    }
}

void check_own_header_first(const Source& source, Findings& findings) {
    if (source.is_header()) return;
    const std::string own = source.path.substr(0, source.path.size() - 4) + ".hpp";
    const auto includes = includes_of(source);
    for (std::size_t i = 1; i < includes.size(); ++i) {
        if (includes[i].name == own) {
            findings.push_back({source.path, includes[i].line, "its own header comes first"});
        }
    }
}

}  // namespace daybook::tidy
