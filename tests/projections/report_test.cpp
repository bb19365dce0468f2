#include "projections/core/report.hpp"

#include <doctest/doctest.h>

#include <array>

#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/known_at.hpp"
#include "projections/core/render.hpp"
#include "tests/projections/toy_history.hpp"

using namespace daybook;

namespace {

Money eur(std::int64_t minor) {
    return Money::from_minor(minor, Currency::eur);
}

ReportTable sample() {
    return {
        .title = "Trial balance",
        .columns =
            {{"account", "Account", ValueType::id, Align::left},
             {"name", "Name", ValueType::text, Align::left},
             {"balance", "Balance", ValueType::money, Align::right},
             {"lines", "Lines", ValueType::integer, Align::right},
             {"last", "Last", ValueType::date, Align::left}},
        .rows =
            {{"411000",
              {id_from_code("411000"),
               std::string{"Clients \"Été\", 1"},
               eur(123'456'789),
               std::int64_t{12'345},
               Date::of(2026, 3, 31)}},
             {"706000", {id_from_code("706000"), std::string{"Sales"}, eur(-5), {}, {}}},
             {"",
              {{}, std::string{"Total"}, eur(123'456'784), std::int64_t{12'345}, {}},
              RowKind::total}},
        .notes = {"One account has no name."},
    };
}

ReportContext context() {
    return {
        .report = "trial-balance",
        .as_of = Date::of(2026, 3, 31),
        .known_at = 90,
        .position = 100,
        .log_root = "00ff"};
}

Result<ReportTable> run_sample(const Query&, const ReportRequest&) {
    return sample();
}

constexpr std::array options{
    ReportOption{"account", ValueType::id, "Only this account."},
    ReportOption{"period", ValueType::text, "How to group.", true, "month, quarter, year"},
    ReportOption{"top", ValueType::integer, "How many."},
    ReportOption{"from", ValueType::date, "First day."},
};
constexpr Report report{"sample", "Sample", "A sample.", options, &run_sample};
constexpr Report plain_report{"plain", "Plain", "Takes nothing.", {}, &run_sample};

std::string refusal(std::map<std::string, std::string, std::less<>> given) {
    const Result<void> checked = check_options(report, {.options = std::move(given)});
    return checked.ok() ? "" : checked.error().message;
}

}  // namespace

TEST_CASE("a report on a terminal is aligned and separates thousands") {
    CHECK(
        render_text(sample(), context()) ==
        "Trial balance\n"
        "as of 2026-03-31, known at position 90 of 100, log root 00ff\n"
        "\n"
        "Account  Name               Balance EUR   Lines  Last\n"
        "-------  ----------------  ------------  ------  ----------\n"
        "411000   Clients \"Été\", 1  1,234,567.89  12,345  2026-03-31\n"
        "706000   Sales                    -0.05\n"
        "-------  ----------------  ------------  ------  ----------\n"
        "         Total             1,234,567.84  12,345\n"
        "\n"
        "One account has no name.\n"
    );
}

TEST_CASE("money of several currencies names them in each cell") {
    const ReportTable table{
        .title = "Two",
        .columns = {{"amount", "Amount", ValueType::money, Align::right}},
        .rows = {{"", {eur(100)}}, {"", {Money::from_minor(-5'000, Currency::usd)}}},
    };
    CHECK(
        render_text(table, {.position = 7}) ==
        "Two\nas of any day, known at position 0 of 7\n\n"
        "    Amount\n----------\n  1.00 EUR\n-50.00 USD\n"
    );
    CHECK(render_csv(table) == "amount,amount_currency\r\n1.00,EUR\r\n-50.00,USD\r\n");
}

TEST_CASE("a report without rows says so") {
    const ReportTable table{.title = "Empty", .columns = {{"a", "A"}}};
    CHECK(
        render_text(table, {.known_at = UINT64_MAX, .position = 3}) ==
        "Empty\nas of any day, known at position 3 of 3\n\nA\n-\n(nothing)\n"
    );
    CHECK(render_csv(table) == "a\r\n");
}

TEST_CASE("a report as CSV follows RFC 4180") {
    CHECK(
        render_csv(sample()) ==
        "account,name,balance,balance_currency,lines,last\r\n"
        "411000,\"Clients \"\"Été\"\", 1\",1234567.89,EUR,12345,2026-03-31\r\n"
        "706000,Sales,-0.05,EUR,,\r\n"
        ",Total,1234567.84,EUR,12345,\r\n"
    );
}

TEST_CASE("a report as JSON has the context, the columns and the rows") {
    CHECK(
        render_json(sample(), context()) ==
        R"({"report": "trial-balance", "title": "Trial balance", "as_of": "2026-03-31", )"
        R"("known_at": 90, "position": 100, "log_root": "00ff", )"
        R"("notes": ["One account has no name."],)"
        "\n"
        R"( "columns": [
  {"name": "account", "title": "Account", "type": "id"},
  {"name": "name", "title": "Name", "type": "text"},
  {"name": "balance", "title": "Balance", "type": "money"},
  {"name": "lines", "title": "Lines", "type": "integer"},
  {"name": "last", "title": "Last", "type": "date"}],
 "rows": [)"
        "\n"
        R"(  {"_kind": "line", "_key": "411000", "account": "411000", )"
        R"("name": "Clients \"Été\", 1", "balance": "EUR 1234567.89", "lines": 12345, )"
        R"("last": "2026-03-31"},)"
        "\n"
        R"(  {"_kind": "line", "_key": "706000", "account": "706000", "name": "Sales", )"
        R"("balance": "EUR -0.05"},)"
        "\n"
        R"(  {"_kind": "total", "name": "Total", "balance": "EUR 1234567.84", )"
        R"("lines": 12345}]})"
        "\n"
    );
}

TEST_CASE("a report as JSON Lines has the context first and then a row a line") {
    const ReportTable table{
        .title = "One",
        .columns = {{"text", "Text"}, {"truth", "Truth", ValueType::boolean}},
        .rows = {{"k", {std::string{"a\"b\\c\n\t\x01"}, true}}},
    };
    CHECK(
        render_json_lines(table, {.report = "one", .position = 2}) ==
        "{\"_report\": {\"report\": \"one\", \"title\": \"One\", \"known_at\": 0, "
        "\"position\": 2}}\n"
        "{\"_kind\": \"line\", \"_key\": \"k\", "
        "\"text\": \"a\\\"b\\\\c\\n\\t\\u0001\", \"truth\": true}\n"
    );
}

TEST_CASE("control characters in a text do not break the lines of a terminal") {
    const ReportTable table{
        .title = "One", .columns = {{"text", "Text"}}, .rows = {{"", {std::string{"a\nb\x1B["}}}}};
    const std::string text = render_text(table, {});
    CHECK(text.find("a b [") != std::string::npos);
}

TEST_CASE("thousands are separated by commas") {
    CHECK(with_thousands("0") == "0");
    CHECK(with_thousands("999.99") == "999.99");
    CHECK(with_thousands("-1000.5") == "-1,000.5");
    CHECK(with_thousands("1234567") == "1,234,567");
}

TEST_CASE("options are refused with what would have been right") {
    CHECK(refusal({{"period", "month"}, {"account", "411000"}, {"top", "5"}}).empty());
    CHECK(
        refusal({{"perod", "month"}}) ==
        "report sample: unknown option perod; it takes account, period, top, from"
    );
    CHECK(
        refusal({}) ==
        "report sample: option period is missing; it takes account, period, top, from"
    );
    CHECK(
        refusal({{"period", "week"}}) ==
        "report sample: option period: \"week\" is none of month, quarter, year"
    );
    CHECK(
        refusal({{"period", "year"}, {"top", "five"}}) ==
        "report sample: option top: \"five\" is not a whole number from 0 on"
    );
    CHECK(
        refusal({{"period", "year"}, {"from", "2026-02-30"}}) ==
        "report sample: option from: \"2026-02-30\" is not a valid date"
    );
    const ReportRequest reversed{
        .as_of = Date::of(2026, 1, 1), .options = {{"period", "year"}, {"from", "2026-01-02"}}};
    CHECK(
        check_options(report, reversed).error().message ==
        "report sample: option from: 2026-01-02 is after 2026-01-01, as of which it is asked"
    );
    const Result<void> checked = check_options(plain_report, {.options = {{"x", "1"}}});
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().message == "report plain: unknown option x; it takes none");
}

TEST_CASE("options are read as the types that they have") {
    const ReportRequest request{
        .options = {{"top", "5"}, {"from", "2026-03-31"}, {"account", "411000"}, {"all", "true"}}};
    CHECK(integer_option(request, "top", 3) == 5);
    CHECK(integer_option(request, "other", 3) == 3);
    CHECK(date_option(request, "from", {}) == Date::of(2026, 3, 31));
    CHECK(id_option(request, "account") == id_from_code("411000"));
    CHECK(boolean_option(request, "all", false));
    CHECK_FALSE(boolean_option(request, "other", false));
    CHECK(text_option(request, "other", "x") == "x");
}

TEST_CASE("an instant becomes the position that was known then") {
    toy::History history{1};
    history.grow(100);  // The event at position n was recorded at n nanoseconds.
    for (const std::int64_t nanos : {-1, 0, 1, 50, 10'000}) {
        const auto position = position_known_at(history.log(), Instant::from_nanos(nanos));
        REQUIRE(position.ok());
        const auto expected = static_cast<std::uint64_t>(nanos + 1);
        CHECK(position.value() == std::min(expected, history.log().end()));
    }
}

TEST_CASE("what was known at a position is whole batches") {
    toy::History history{1};
    history.grow(100);
    const Log& log = history.log();
    const auto reader = std::move(log.read(0)).value();
    bool has_seen_inside = false;
    for (std::uint64_t position = 0; position < log.end();) {
        const auto events = reader->next();
        REQUIRE(events.ok());
        for (const EventBytes event : events.value()) {
            const std::uint64_t index = header_of(event).batch_index();
            has_seen_inside = has_seen_inside || index > 0;
            const auto known = position_known_at(log, std::to_string(position));
            REQUIRE(known.ok());
            CHECK(known.value() == position - index);
            ++position;
        }
    }
    CHECK(has_seen_inside);
    CHECK(position_known_at(log, "").value() == log.end());
    CHECK(position_known_at(log, std::to_string(log.end())).value() == log.end());
    const auto beyond = position_known_at(log, std::to_string(log.end() + 1));
    CHECK(beyond.error().code == ErrorCode::not_found);
    for (const char* text : {"99999999999999999999", "x", "2026-02-30"}) {
        CHECK(position_known_at(log, text).error().code == ErrorCode::invalid);
    }
}
