// The scenario runner itself: how its text is read, and that it fails when it must.
#include "tests/support/scenario.hpp"

#include <doctest/doctest.h>

#include "tests/support/scenario_text.hpp"

using namespace daybook;
using namespace daybook::scenario;

namespace {

std::string json_of(std::string_view text) {
    const auto value = parse_value(text);
    return value.ok() ? to_json(value.value()) : value.error().message;
}

std::string difference_of(std::string_view expected, std::string_view found) {
    return difference(parse_value(expected).value(), parse_value(found).value());
}

}  // namespace

TEST_CASE("relaxed text becomes JSON") {
    CHECK(
        json_of("{item: W, quantity: 3.000, cost: EUR 10.00}") ==
        R"({"item": "W", "quantity": "3.000", "cost": "EUR 10.00"})"
    );
    CHECK(
        json_of("{lines: [{a: 1}, {a: 2, b: \"x, {y}\"}], at: 2026-03-31T10:15:00Z}") ==
        R"({"lines": [{"a": "1"}, {"a": "2", "b": "x, {y}"}], "at": "2026-03-31T10:15:00Z"})"
    );
    CHECK(
        json_of("{name: Anna\n   Blanc, tags: [], more: {}}") ==
        R"({"name": "Anna Blanc", "tags": [], "more": {}})"
    );
    CHECK(
        json_of(R"({"a": "b\n\"c\"", "d": [1, true]})") ==
        R"({"a": "b\u000a\"c\"", "d": ["1", "true"]})"
    );
}

TEST_CASE("text that is no value says what was found") {
    CHECK(json_of("{a: 1") == "a \",\" or \"}\" is expected, found: the end");
    CHECK(json_of("{a 1}") == "a \":\" is expected after a name, found: }");
    CHECK(json_of("[1, 2}") == "a \",\" or \"]\" is expected, found: }");
    CHECK(json_of("{a: \"b}") == "a quote is never closed, found: \"b}");
    CHECK(json_of("{a: 1} x") == "nothing may follow the value, found: x");
}

TEST_CASE("a value is written as a person would write it") {
    const std::string_view text = "{a: EUR 1.00, b: \"x, y\", c: [1, 2], d: \"\", e: {}}";
    CHECK(to_text(parse_value(text).value()) == text);
}

TEST_CASE("only what is expected is compared, and the place of a difference is named") {
    CHECK(difference_of("{a: 1}", "{a: 1, b: 2}").empty());
    CHECK(difference_of("{a: \"\"}", "{b: 2}").empty());
    CHECK(difference_of("{a: 1}", "{a: 2}") == ".a: expected 1, found 2");
    CHECK(difference_of("{a: 1}", "{b: 2}") == ".a: expected 1, found nothing");
    CHECK(
        difference_of("{l: [{a: 1}, {a: 2}]}", "{l: [{a: 1}, {a: 3}]}") ==
        ".l[1].a: expected 2, found 3"
    );
    CHECK(difference_of("{l: [1]}", "{l: [1, 2]}") == ".l: expected 1 elements, found 2");
    CHECK(difference_of("{l: [1]}", "{l: x}") == ".l: expected [1], found x");
}

TEST_CASE("statements begin at the left edge and go on in indented lines") {
    const auto statements = parse_statements(
        "# A comment.\ndo  A {a: 1,\n      b: 2}\n\n  # Another.\nrows x.y\n     k  v\n     1  2\n"
    );
    REQUIRE(statements.size() == 2);
    CHECK(statements[0].line == 2);
    CHECK(statements[0].verb == "do");
    CHECK(statements[0].whole() == "A {a: 1,\nb: 2}");
    CHECK(statements[1].line == 6);
    CHECK(statements[1].lines == std::vector<std::string>{"k  v", "1  2"});
}

TEST_CASE("a table's cells stand two spaces apart, and a dash is an empty one") {
    CHECK(
        cells_of("W     0.000    EUR 0.00") == std::vector<std::string>{"W", "0.000", "EUR 0.00"}
    );
    CHECK(cells_of("-  a b") == std::vector<std::string>{"", "a b"});
    CHECK(aligned({{"item", "value"}, {"W", ""}}) == "        item  value\n        W     -");
}

TEST_CASE("a scenario fails where it must, and shows what was found as scenario text") {
    auto book = Book::open({});
    REQUIRE(book.ok());
    const auto failures = run(
        "do RegisterParty {party: C-1, kind: person, name: \"Blanc, Anna\", roles: [customer]}\n"
        "events PartyRegistered {party: C-2}\n"
        "do RegisterParty {party: C-1, kind: person, name: Anna}\n"
        "refused name_missing\n"
        "do RegisterParty {party: C-1, kind: person, name: Anna}\n"
        "do RegisterParty {pary: C-1}\n"
        "failed \"has no field\"\n"
        "do RegisterParty {party: C-3, kind: person, name: Anna}\n"
        "refused party_exists\n"
        "jump 3\n"
        "rows crm.parties party=C-1\n"
        "     party  name\n"
        "     C-1    Blanc\n"
        "rows crm.partys\n",
        "crm",
        *book.value()
    );
    REQUIRE(failures.size() == 7);
    CHECK(failures[0].line == 2);
    CHECK(failures[0].message.starts_with(
        "PartyRegistered.party: expected C-2, found C-1\n"
        "events PartyRegistered {party: C-1, kind: person, name: \"Blanc, Anna\""
    ));
    CHECK(failures[1].line == 4);
    CHECK(failures[1].message.starts_with("another rule refused it\nrefused party_exists at party")
    );
    CHECK(failures[2].line == 5);
    CHECK(failures[2].message.starts_with("the command was not accepted\nrefused party_exists"));
    CHECK(failures[3].line == 9);
    CHECK(failures[3].message.starts_with("the command was not refused\nevents PartyRegistered"));
    CHECK(failures[4].message == "there is no statement \"jump\"");
    CHECK(
        failures[5].message ==
        "the table differs; found\n        party  name\n        C-1    Blanc, Anna"
    );
    CHECK(failures[6].message == "there is no table \"crm.partys\"; did you mean \"crm.parties\"?");
}
