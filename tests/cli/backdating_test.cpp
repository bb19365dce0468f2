// The demonstration of back-dating: what it claims is checked each time, but for the time taken.
#include <doctest/doctest.h>

#include "cli/demo/backdating.hpp"
#include "cli/demo/stock_reports.hpp"
#include "engine/log/memory_log.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/core/registry.hpp"
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

const Date closed_day = Date::of(2025, 3, 31);
const Date last_day = Date::of(2025, 12, 31);

// The rows beside the engine, and what the reports read from them.
struct ReportDesk {
    explicit ReportDesk(const Log& log)
        : follower(std::move(Follower::open(log, store, {.projections = registered_projections()}))
                       .value()) {}

    Result<void> follow() { return follower->catch_up(); }
    void check_equal(Backdating& play, Date day) {
        REQUIRE(follow().ok());
        const auto figures = play.figures(day);
        REQUIRE(figures.ok());
        CHECK(figures.value().by_movements > 0);
        CHECK(figures.value().by_movements == figures.value().by_ledger);
        // What is learned of a closed day changes later ones.
        if (!is_closed || day > closed_day) {
            CHECK(figures.value().by_movements == figures.value().by_replay);
        }
        CHECK(reports.value_on(day).value() == figures.value().by_movements);
        CHECK(reports.ledger_value_on(day).value() == figures.value().by_movements);
        CHECK(reports.unproven_on(day).value() == 0);
    }
    void check_changes(const Round& round) {
        const auto before = reports.value_on(last_day, round.from);
        const auto after = reports.value_on(last_day, round.to);
        const auto told = reports.changed_between(round.from, round.to);
        REQUIRE(told.ok());
        CHECK(told.value() != 0);
        CHECK(told.value() == after.value() - before.value());
    }

    MemoryStore store;
    std::unique_ptr<Follower> follower;
    StockReports reports{*follower, std::string{backdating_item}};
    bool is_closed = false;
};

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
        ReportDesk desk{log};
        const auto follow = [&] { return desk.follow(); };
        desk.check_equal(play, closed_day);
        desk.check_equal(play, last_day);
        const auto open = play.play_round(follow);
        REQUIRE_MESSAGE(open.ok(), open.error().message);
        CHECK(open.value().changed_days > 100);
        desk.check_changes(open.value());
        desk.check_equal(play, closed_day);
        desk.check_equal(play, last_day);
        const auto closed = play.close_half();
        REQUIRE_MESSAGE(closed.ok(), closed.error().message);
        desk.is_closed = true;
        const std::int64_t as_closed = desk.reports.value_on(closed_day).value();
        const auto behind = play.play_round(follow);
        REQUIRE_MESSAGE(behind.ok(), behind.error().message);
        CHECK(behind.value().changed_days > 100);
        CHECK(behind.value().closed_ledger_change == 0);
        desk.check_changes(behind.value());
        desk.check_equal(play, closed_day);
        desk.check_equal(play, last_day);
        CHECK(desk.reports.value_on(closed_day).value() == as_closed);
        MESSAGE(
            method,
            ": answered after ",
            percentile(open.value().microseconds, 50),
            " us (median), ",
            percentile(behind.value().microseconds, 50),
            " us behind closed months; the last one changed ",
            behind.value().changed_issues,
            " issues, ",
            behind.value().bytes,
            " bytes"
        );
    }
}

}  // namespace daybook::demo
