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
#include "engine/codec/codec.hpp"
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
            .actor = id_from_code("importer"),
            .log = &log};
    }
    // One command, which must be accepted.
    void say(std::string_view name, std::string_view body) {
        Codec codec{domain_modules()};
        auto message = codec.command_of_body(name, body, {.actor = id_from_code("importer")});
        REQUIRE_MESSAGE(message.ok(), (message ? "" : message.error().message));
        message.value().id = id_from_text(std::string{name} + std::string{body});
        const Answer answer = engine.submit_and_wait(std::move(message).value());
        REQUIRE_MESSAGE(
            answer.outcome == Answer::Outcome::accepted, std::string{answer.refusal.rule}
        );
    }
    // A book in euros with the general chart and the years 2025 and 2026.
    void open_book() {
        say("accounting.ConfigureBook", R"({"name": "Test", "base_currency": "EUR"})");
        say("accounting.AdoptChart", R"({"chart": "general"})");
        say("accounting.OpenFiscalYear",
            R"({"year": "2025", "first": "2025-01-01", "last": "2025-12-31"})");
        say("accounting.OpenFiscalYear",
            R"({"year": "2026", "first": "2026-01-01", "last": "2026-12-31"})");
    }
    [[nodiscard]] Result<ImportSummary> import(std::string_view mapping_text) {
        auto mapping = parse_mapping(mapping_text, "t.map");
        if (!mapping) return mapping.error();
        return run_import(mapping.value(), submit(), options());
    }
};

}  // namespace daybook::files
