// Mapping files: what they say and how they say no.
#include "connectors/files/mapping.hpp"

#include <doctest/doctest.h>

#include <string>

#include "connectors/files/expression.hpp"

namespace daybook::files {
namespace {

constexpr std::string_view head = "mapping t\nsource s\n  file s.csv\n";

std::string error_of(const std::string& text) {
    const auto mapping = parse_mapping(text, "t.map");
    return mapping ? "" : mapping.error().message;
}

// What an expression makes of a row with the columns a, b and c.
std::string value_of(const std::string& expression, std::vector<std::string_view> row) {
    const std::string text = std::string{head} +
                             "table country\n  \"EIRE\" = \"IE\"\npass p from s\n" +
                             "command crm.RegisterParty\n  name = " + expression + "\n";
    const auto mapping = parse_mapping(text, "t.map");
    if (!mapping) return mapping.error().message;
    Binding binding{
        .expressions = mapping.value().expressions,
        .tables = mapping.value().tables,
        .columns = {},
        .joined = std::vector<JoinedRows>(1)};
    for (const Expression& one : mapping.value().expressions) {
        binding.columns.push_back(one.text.size() == 1 ? std::size_t(one.text[0] - 'a') : 0);
    }
    Evaluator evaluator{binding};
    evaluator.set_row(row);
    const auto leaf = mapping.value().passes[0].commands[0].nodes[1].value;
    std::string value{evaluator.evaluate(leaf)};
    if (!evaluator.problem()) return value;
    return evaluator.problem()->reason + "; " + evaluator.problem()->remedy;
}

}  // namespace

TEST_CASE("texts are cut, joined and chosen") {
    CHECK(value_of("trim(a)", {"  x y "}) == "x y");
    CHECK(value_of("join(upper(a), \"-\", lower(b))", {"ab", "CD"}) == "AB-cd");
    CHECK(value_of("slice(a, 1, 2)", {"hé€llo"}) == "é€");
    CHECK(value_of("join(before(a, \".\"), after(a, \".\"))", {"17850.0"}) == "178500");
    CHECK(value_of("replace(a, \"o\", \"00\")", {"foo"}) == "f0000");
    CHECK(value_of("first(a, b, \"none\")", {" ", ""}) == "none");
    CHECK(value_of("choose(starts(a, \"C\"), b, c)", {"C1", "credit", "invoice"}) == "credit");
    CHECK(
        value_of("choose(a < 2 and not (a = \"1\" or empty(b)), \"y\", \"n\")", {"1.5", "x"}) == "y"
    );
    CHECK(value_of("country(a)", {"EIRE"}) == "IE");
    CHECK(value_of("country(a, \"ZZ\")", {"Mars"}) == "ZZ");
    CHECK(
        value_of("country(a)", {"Mars"}) ==
        "\"Mars\" is not in the table country; add the line \"Mars\" = \"...\" to table country of "
        "the mapping"
    );
}

TEST_CASE("numbers are computed exactly or not at all") {
    CHECK(value_of("number(a)", {"17850.0"}) == "17850");
    CHECK(value_of("number(a, \",\")", {"1.234.567,50"}) == "1234567.5");
    CHECK(
        value_of(
            "number(a, \",\")",
            {"1\xC2\xA0"
             "234,5"}
        ) == "1234.5"
    );
    CHECK(value_of("number(a)", {"(1,234.50)"}) == "-1234.5");
    CHECK(value_of("number(a)", {"12.50-"}) == "-12.5");
    CHECK(value_of("number(a)", {"12,50"}) == "\"12,50\" is not a number; correct it in the file");
    CHECK(value_of("multiply(a, b)", {"3", "0.333"}) == "0.999");
    CHECK(value_of("subtract(a, b)", {"0.1", "0.3"}) == "-0.2");
    CHECK(value_of("negate(a)", {"-7"}) == "7");
    CHECK(value_of("number(a)", {".50"}) == "0.5");
    CHECK(value_of("number(a)", {"."}) == "\".\" is not a number; correct it in the file");
    CHECK(value_of("round(a, 2)", {"2.345"}) == "2.34");
    CHECK(value_of("divide(a, b, 2)", {"1", "3"}) == "0.33");
    CHECK(value_of("divide(a, b, 2)", {"-0.25", "-100"}) == "0");
    CHECK(value_of("divide(a, b, 0)", {"7.5", "-3"}) == "-2");
    CHECK(value_of("divide(a, b, 3)", {"1.2345", "0.001"}) == "1234.5");
    CHECK(value_of("money(a, \"GBP\")", {"2.5"}) == "GBP 2.50");
    CHECK(value_of("price(a, \"EUR\")", {"2.555"}) == "EUR 2.555");
    CHECK(value_of("percent(a)", {"0.15"}) == "15%");
    CHECK(value_of("quantity(a)", {"6"}) == "6");
    CHECK(value_of("money(a, b)", {"1", "XYZ"}).starts_with("\"XYZ\" is not a currency"));
}

TEST_CASE("days are read by their pattern") {
    CHECK(value_of("date(a)", {"2010-12-01 08:26:00"}) == "2010-12-01");
    CHECK(value_of("date(a, \"DD/MM/YYYY\")", {"31/12/2026"}) == "2026-12-31");
    CHECK(value_of("date(a, \"M/D/YYYY\")", {"2/9/2026 8:00"}) == "2026-02-09");
    CHECK(
        value_of("date(a, \"DD/MM/YYYY\")", {"2026-12-31"}) ==
        "\"2026-12-31\" is not a day written DD/MM/YYYY; correct it in the file, or the pattern in "
        "the mapping"
    );
    CHECK(value_of("date(a)", {"2026-02-30"}).starts_with("\"2026-02-30\" is not a day"));
}

TEST_CASE("an id is the code that people use, or stands for a longer text") {
    CHECK(value_of("id(\"C-\", number(a))", {"17850.0"}) == "C-17850");
    CHECK(value_of("id(a)", {"Genco Pura Olive Oil Company"}).size() == 36);
    CHECK(
        value_of("id(a)", {"Genco Pura Olive Oil Company"}) ==
        value_of("id(a)", {"Genco Pura Olive Oil Company"})
    );
    CHECK(value_of("id(a)", {""}) == "");
    CHECK(value_of("hash(a)", {"short"}).size() == 36);
}

TEST_CASE("a mapping that says nothing sensible is refused with its line") {
    const std::string start{head};
    CHECK(error_of("") == "t.map line 0: a mapping begins with 'mapping NAME'");
    CHECK(error_of(start) == "t.map line 3: a mapping needs a pass");
    CHECK(
        error_of(start + "pass p form s") ==
        "t.map line 4: \"form s\" is more than belongs on this line"
    );
    CHECK(
        error_of(start + "pass p from x") ==
        "t.map line 4: a source must be named here; it may be s"
    );
    CHECK(
        error_of(start + "encoding latin1") ==
        "t.map line 4: an encoding is utf-8, iso-8859-1, iso-8859-15, windows-1252 or detect"
    );
    CHECK(
        error_of(start + "delimiter ,") ==
        "t.map line 4: a delimiter is comma, semicolon, tab, bar or detect"
    );
    CHECK(
        error_of(start + "comand x") ==
        "t.map line 4: \"comand\" begins no line of a mapping; did you mean command?"
    );
    CHECK(error_of(start + "let x = a") == "t.map line 4: a let stands inside a pass");
    const std::string pass = start + "pass p from s\ncommand crm.RegisterParty\n";
    CHECK(
        error_of(pass + "party = trimm(a)") ==
        "t.map line 6: there is no trimm(); did you mean trim?"
    );
    CHECK(
        error_of(pass + "party = trim(a") == "t.map line 6: the brackets of trim( are never closed"
    );
    CHECK(
        error_of(pass + "party = slice(a)") == "t.map line 6: slice() takes 3 to 3 values, not 1"
    );
    CHECK(error_of(pass + "party = \"a") == "t.map line 6: a quote is never closed");
    CHECK(error_of(pass + "party =") == "t.map line 6: a value is missing at the end of the line");
    CHECK(
        error_of(pass + "party = a b") == "t.map line 6: \"b\" is more than belongs on this line"
    );
    CHECK(error_of(pass + "party = a\nparty = b") == "t.map line 7: this field was given before");
    CHECK(
        error_of(pass + "a[].b[].c = a") ==
        "t.map line 6: only one [] may stand in a path: a document's rows"
    );
    CHECK(
        error_of(pass + "party = " + std::string(200, '(') + "a") ==
        "t.map line 6: the expression is nested too deeply"
    );
    CHECK(error_of(pass + "party = x.a") == "t.map line 6: there is no source x");
    CHECK(
        error_of(pass + "party = missing(s)") ==
        "t.map line 6: missing() takes the name of a source that the pass joins"
    );
}

}  // namespace daybook::files
