// After each scenario of tests/modules the log alone must give the same state every time, and every
// event of it must survive being checked, written as JSON and replayed without trust.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/runtime/restore.hpp"
#include "tests/support/scenario.hpp"

namespace daybook {
namespace {

Bytes state_of(const Log& log, const EngineOptions& options) {
    const auto restored = restore_book(log, options, nullptr);
    REQUIRE_MESSAGE(restored.ok(), restored.error().message);
    Bytes bytes;
    restored.value().book.save(bytes);
    return bytes;
}

void check_log(const scenario::Book& book, const EngineOptions& options) {
    EngineOptions trusting = options;
    trusting.replay_trust = ReplayTrust::log_checksums;
    const Bytes state = state_of(book.log(), options);
    CHECK(state == state_of(book.log(), options));
    CHECK(state == state_of(book.log(), trusting));
    const auto events = book.events_from(0);
    REQUIRE_MESSAGE(events.ok(), events.error().message);
    CHECK(events.value().size() == book.end());
    auto loaded = std::move(Book::make(domain_modules(), {})).value();
    REQUIRE(loaded.load(state));
    CHECK(loaded.position() == book.end());
}

}  // namespace

TEST_CASE("every scenario's log replays to one state") {
    // The log in memory; with DAYBOOK_KAFKA in a topic, which is what kafka_properties runs.
    const scenario::Configuration configuration{
        .uses_kafka = std::getenv("DAYBOOK_KAFKA") != nullptr};
    const std::filesystem::path folder = DAYBOOK_SOURCE_DIR "/tests/modules";
    int scenarios = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() != ".scenario") continue;
        const std::string file = entry.path().stem().string();
        CAPTURE(file);
        std::ifstream stream{entry.path(), std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{stream}, {}};
        const auto book = std::move(scenario::Book::open(configuration)).value();
        // Whether it behaves as it says is the business of tests/modules.
        static_cast<void>(scenario::run(text, file.substr(0, file.find('_')), *book));
        const EngineOptions options{.clock = &book->clock(), .replay_trust = ReplayTrust::nothing};
        check_log(*book, options);
        ++scenarios;
    }
    CHECK(scenarios > 0);
}

}  // namespace daybook
