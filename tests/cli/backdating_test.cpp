// The demonstration of back-dating: what it claims is checked each time, but for the time taken.
#include <doctest/doctest.h>

#include "cli/demo/backdating.hpp"
#include "engine/log/memory_log.hpp"
#include "tests/support/fake_clock.hpp"

namespace daybook::demo {
namespace {

// The least that a book needs for it.
void open_book(Engine& engine, Codec& codec) {
    const std::pair<std::string_view, std::string_view> commands[] = {
        {"accounting.ConfigureBook", R"({"name": "Test", "base_currency": "EUR"})"},
        {"accounting.AdoptChart", R"({"chart": "pcg"})"},
        {"accounting.OpenFiscalYear",
         R"({"year": "2025", "first": "2025-01-01", "last": "2025-12-31"})"},
    };
    for (const auto& [command, body] : commands) {
        const CommandDefaults defaults{.id = id_from_text(command), .actor = id_from_code("anna")};
        auto message = codec.command_of_body(command, body, defaults);
        REQUIRE(message.ok());
        const Answer answer = engine.submit_and_wait(std::move(message).value());
        REQUIRE(answer.outcome == Answer::Outcome::accepted);
    }
}

void check_equal(Backdating& play) {
    const auto figures = play.figures();
    REQUIRE(figures.ok());
    CHECK(figures.value().by_movements > 0);
    CHECK(figures.value().by_movements == figures.value().by_ledger);
    CHECK(figures.value().by_movements == figures.value().by_replay);
}

}  // namespace

TEST_CASE("receipts dated before a year of movements leave stock, ledger and replay equal") {
    for (const char* method : {"fifo", "moving_average"}) {
        CAPTURE(method);
        MemoryLog log;
        FakeClock clock{Date::of(2026, 1, 5)};
        Codec codec{domain_modules()};
        Engine engine = std::move(Engine::open(log, {.clock = &clock})).value();
        open_book(engine, codec);
        Backdating play{
            engine, codec, {.year = 2025, .movements = 50'000, .receipts = 9, .method = method}};
        const auto filled = play.fill([](std::uint64_t, std::uint64_t) {});
        REQUIRE_MESSAGE(filled.ok(), filled.error().message);
        check_equal(play);
        const auto open = play.play_round();
        REQUIRE_MESSAGE(open.ok(), open.error().message);
        CHECK(open.value().changed_days > 100);
        check_equal(play);
        const auto closed = play.close_half();
        REQUIRE_MESSAGE(closed.ok(), closed.error().message);
        const auto behind = play.play_round();
        REQUIRE_MESSAGE(behind.ok(), behind.error().message);
        CHECK(behind.value().changed_days > 100);
        CHECK(behind.value().closed_ledger_change == 0);
        MESSAGE(
            method,
            ": answered after ",
            open.value().at(50),
            " us (median), ",
            behind.value().at(50),
            " us behind closed months; the last one changed ",
            behind.value().changed_issues,
            " issues, ",
            behind.value().bytes,
            " bytes"
        );
        check_equal(play);
    }
}

}  // namespace daybook::demo
