// A book in memory and a folder of files to import into it.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "connectors/files/importer.hpp"
#include "connectors/files/mapping.hpp"
#include "engine/engine.hpp"
#include "engine/log/memory_log.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::files {

struct ImportDesk {
    MemoryLog log;
    FakeClock clock;
    Engine engine = std::move(Engine::open(log, {.clock = &clock})).value();
    TempFolder folder;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path(name), std::ios::binary} << text;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream{path(name), std::ios::binary}.rdbuf();
        return text.str();
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return folder.path() + "/" + name;
    }
    [[nodiscard]] Submit submit() {
        return [this](CommandMessage message, AnswerCallback callback) {
            return engine.submit(std::move(message), std::move(callback));
        };
    }
    [[nodiscard]] ImportOptions options() const {
        return {
            .folder = folder.path(),
            .error_path = path("errors.csv"),
            .actor = id_from_code("importer")};
    }
    [[nodiscard]] Result<ImportSummary> import(std::string_view mapping_text) {
        auto mapping = parse_mapping(mapping_text, "t.map");
        if (!mapping) return mapping.error();
        return run_import(mapping.value(), submit(), options());
    }
};

}  // namespace daybook::files
