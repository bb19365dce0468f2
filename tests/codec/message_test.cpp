// Every message about bad JSON, word for word: a changed text is a visible change.
#include <doctest/doctest.h>

#include "engine/codec/codec.hpp"
#include "tests/codec/bakery_module.hpp"

using namespace daybook;

namespace {

std::string complaint(const Result<CommandMessage>& result) {
    return result.ok() ? "accepted" : result.error().message;
}

// What is said about one more field in an otherwise good order.
std::string about(std::string_view field) {
    Codec codec{bakery::modules()};
    const std::string body = R"({"order": "O-1", "lines": [{}, {}], )" + std::string{field} + "}";
    return complaint(codec.command_of_body("bakery.OrderBread", body));
}

// What is said about a third line of an order.
std::string about_line(std::string_view line) {
    Codec codec{bakery::modules()};
    const std::string body = R"({"order": "O-1", "lines": [{}, {}, )" + std::string{line} + "]}";
    return complaint(codec.command_of_body("bakery.OrderBread", body));
}

std::string about_command(std::string_view json) {
    Codec codec{bakery::modules()};
    return complaint(codec.command(json));
}

}  // namespace

TEST_CASE("a wrong value is named by its path") {
    CHECK(
        about_line(R"({"price": "EUR 1.2345678"})") ==
        "lines[2].price: \"1.2345678\" has more than 6 decimals"
    );
    CHECK(
        about_line(R"({"net": "EUR 1.234"})") == "lines[2].net: \"1.234\" has more than 2 decimals"
    );
    CHECK(
        about_line(R"({"net": "XXQ 1.00"})") ==
        "lines[2].net: \"XXQ\" is not a currency code of ISO 4217"
    );
    CHECK(
        about_line(R"({"base": {"minutes": 70000}})") ==
        "lines[2].base.minutes: 70000 is out of range; it must be from 0 to 65535"
    );
    CHECK(
        about_line(R"({"due": "2026-02-30"})") ==
        "lines[2].due: \"2026-02-30\" is not a day of the calendar"
    );
    CHECK(
        about_line(R"({"tags": ["a", "b", "c", "d"]})") == "lines[2].tags: has more than 3 elements"
    );
    CHECK(about_line(R"({"discount": ""})") == "lines[2].discount: must not be empty");
    CHECK(
        about(R"("currency": "euro")") == "currency: \"euro\" is not a currency code of ISO 4217"
    );
    CHECK(
        about(R"("notes": [{"text": "a", "replies": [{"text": "b"}, {"txt": "c"}]}])") ==
        "notes[0].replies[1]: Note has no field \"txt\"; did you mean \"text\"?"
    );
}

TEST_CASE("a value of the wrong type says what is expected") {
    CHECK(
        about_line(R"({"price": 1.5})") ==
        "lines[2].price: must be a text, not a number with a fraction or an exponent; write it as "
        "a string, like \"EUR 2.555\""
    );
    CHECK(
        about_line(R"({"quantity": 3})") ==
        "lines[2].quantity: must be a text, not a number; write it as a string, like \"3.000\""
    );
    CHECK(
        about_line(R"({"item": {}})") ==
        "lines[2].item: must be a text, not an object; like \"C-17850\""
    );
    CHECK(about_line("[]") == "lines[2]: must be an object, not a list");
    CHECK(
        about(R"("table_number": 1.5)") ==
        "table_number: must be an integer, not a number with a fraction or an exponent"
    );
    CHECK(about(R"("table_number": "7")") == "table_number: must be an integer, not a text");
    CHECK(about(R"("is_urgent": 1)") == "is_urgent: must be true or false, not a number");
    CHECK(about(R"("remarks": "x")") == "remarks: must be a list, not a text");
    CHECK(about(R"("remarks": [true])") == "remarks[0]: must be a text, not true or false");
    CHECK(about(R"("main_note": [])") == "main_note: must be an object, not a list");
    CHECK(about(R"("crust": 1)") == "crust: must be a name as a text, not a number");
    CHECK(about(R"("contains": "milk")") == "contains: must be a list of names, not a text");
    CHECK(
        about(R"("payment": "Cash")") ==
        "payment: must be an object with \"type\" and \"value\", not a text"
    );
}

TEST_CASE("an integer beyond its range is refused, not wrapped") {
    CHECK(about(R"("small": 128)") == "small: 128 is out of range; it must be from -128 to 127");
    CHECK(about(R"("small": -129)") == "small: -129 is out of range; it must be from -128 to 127");
    CHECK(
        about(R"("tip_minor": 9223372036854775808)") ==
        "tip_minor: 9223372036854775808 is out of range; it must be from -9223372036854775808 to "
        "9223372036854775807"
    );
    CHECK(
        about(R"("huge": -1)") ==
        "huge: -1 is out of range; it must be from 0 to 18446744073709551615"
    );
    CHECK(
        about(R"("huge": 18446744073709551616)") ==
        "the number at line 1, column 45 does not fit into 64 bits"
    );
}

TEST_CASE("unknown, missing and repeated fields are named") {
    CHECK(
        about(R"("tabel_number": 1)") ==
        "OrderBread has no field \"tabel_number\"; did you mean \"table_number\"?"
    );
    CHECK(
        about_line(R"({"qty": "1"})") ==
        "lines[2]: OrderLine has no field \"qty\"; it may be item, quantity, price, net, due, "
        "discount, crust, base, tags"
    );
    CHECK(about(R"("order": "O-2")") == "\"order\" is given twice");
    CHECK(
        about_line(R"({"net": "EUR 1.00", "net": "EUR 2.00"})") ==
        "lines[2]: \"net\" is given twice"
    );
    CHECK(about(R"("notes": [{}])") == "notes[0]: \"text\" is missing");
    CHECK(about(R"("main_note": {"text": null})") == "main_note: \"text\" is missing");
}

TEST_CASE("names that do not exist list those that do") {
    CHECK(
        about(R"("crust": "raw")") == "crust: \"raw\" is not a Crust; use one of soft, crisp, burnt"
    );
    CHECK(
        about(R"("contains": ["milk", "eggs"])") ==
        "contains[1]: \"eggs\" is not a Allergens; use one of gluten, milk, nuts"
    );
    CHECK(
        about(R"("payment": {"type": "Cheque", "value": {}})") ==
        "payment: \"Cheque\" is not a Payment; use one of Card, Cash"
    );
    CHECK(
        about(R"("payment": {"type": "Cash"})") ==
        "payment: needs \"type\" and \"value\", once each and nothing else"
    );
    CHECK(
        about(R"("payment": {"type": "Cash", "value": {"drawer": true}})") ==
        "payment.value.drawer: must be an integer, not true or false"
    );
}

TEST_CASE("the envelope is checked as the body is") {
    CHECK(about_command("[]") == "a command must be a JSON object, not a list");
    CHECK(about_command("{}") == "\"command\" is missing");
    CHECK(about_command(R"({"command": "bakery.CloseShop"})") == "\"body\" is missing");
    CHECK(
        about_command(R"({"comand": "bakery.CloseShop"})") ==
        "a command has no field \"comand\"; did you mean \"command\"?"
    );
    CHECK(about_command(R"({"id": "a", "id": "b"})") == "\"id\" is given twice");
    CHECK(about_command(R"({"id": 7})") == "id: must be a text, not a number");
    CHECK(
        about_command(R"({"expected_version": -1})") ==
        "expected_version: must be an integer from 0 to 4294967295, not a number"
    );
    CHECK(
        about_command(R"({"command": "bakery.CloseShip", "body": {}})") ==
        "there is no command \"bakery.CloseShip\"; did you mean \"bakery.CloseShop\"?"
    );
    CHECK(
        about_command(R"({"command": "fleet.Drive", "body": {}})") ==
        "there is no command \"fleet.Drive\"; it may be bakery.OrderBread, bakery.CloseShop"
    );
    CHECK(
        about_command(R"({"actor": "a name far too long for an id", "command": )"
                      R"("bakery.CloseShop", "body": {"reason": "x"}})") ==
        "actor: \"a name far too long for an id\" is not an id; use a code of 1 to 16 ASCII "
        "characters, or a UUID"
    );
    CHECK(
        about_command(R"({"command": "bakery.CloseShop", "body": 3})") ==
        "must be an object, not a number"
    );
}

TEST_CASE("broken JSON is shown its place") {
    CHECK(about_command("") == "the JSON is broken at line 1, column 1: there is nothing");
    CHECK(
        about_command("{\n  \"command\": ,\n}") ==
        "the JSON is broken at line 2, column 14: a value is expected: an object, a list, a text, "
        "a number, true or false"
    );
    CHECK(
        about_command(R"({"command": 'x'})") ==
        "the JSON is broken at line 1, column 13: texts stand in double quotes"
    );
    CHECK(
        about_command(R"({"command": "x"} {)") ==
        "the JSON is broken at line 1, column 18: something follows the end of the value"
    );
    CHECK(
        about_command(R"({"command": "x)") ==
        "the JSON is broken at line 1, column 15: the text ends inside a text"
    );
    CHECK(
        about_command(R"({"a": 01})") ==
        "the JSON is broken at line 1, column 7: a number must not begin with 0"
    );
    CHECK(
        about_command(R"({"a": "\ud800"})") ==
        "the JSON is broken at line 1, column 8: a surrogate stands alone"
    );
    CHECK(
        about_command(R"({"a": "\x"})") ==
        "the JSON is broken at line 1, column 8: this escape does not exist"
    );
    CHECK(
        about_command("{\"a\": \"\x01\"}") ==
        "the JSON is broken at line 1, column 8: a control character must be escaped"
    );
    CHECK(
        about_command(R"({"a": [1 2]})") ==
        "the JSON is broken at line 1, column 10: \",\" or \"]\" is expected"
    );
    CHECK(
        about_command(R"({"a" 1})") == "the JSON is broken at line 1, column 6: \":\" is expected"
    );
}

TEST_CASE("text that is not UTF-8 is refused with the byte and its place") {
    CHECK(
        about_command("{\"a\": \"caf\xE9\"}") ==
        "the text is not UTF-8: byte 0xE9 at line 1, column 11"
    );
    CHECK(
        about_command("{\"a\": \"\xED\xA0\x80\"}") ==
        "the text is not UTF-8: byte 0xED at line 1, column 8"
    );
    CHECK(about_command("\xEF\xBB\xBF{}") == "the text begins with a byte order mark; remove it");
}

TEST_CASE("size and depth have limits with names") {
    const std::string long_text(10'000'000, 'x');
    CHECK(
        about_command("{\"command\": \"" + long_text + "\"}") ==
        "a command has at most 1048576 bytes of JSON; this one has 10000015"
    );
    std::string deep = R"({"text": "x"})";
    for (int i = 0; i < 20; ++i) deep = R"({"text": "x", "replies": [)" + deep + "]}";
    const std::string body = R"({"order": "O-1", "lines": [], "main_note": )" + deep + "}";
    Codec codec{bakery::modules()};
    CHECK(
        complaint(codec.command_of_body("bakery.OrderBread", body)).find("nested") !=
        std::string::npos
    );
    const std::string brackets = std::string(100'000, '[');
    CHECK(
        about_command(brackets) ==
        "the JSON is broken at line 1, column 34: objects and lists are nested too deep"
    );
}

TEST_CASE("a short text cannot become many bytes") {
    std::string lines = "{}";
    for (int i = 0; i < 100'000; ++i) lines += ",{}";
    const auto result = Codec{bakery::modules()}.command_of_body(
        "bakery.OrderBread", R"({"order": "O-1", "lines": [)" + lines + "]}"
    );
    CHECK(complaint(result) == "lines: makes the command larger than 8388608 bytes");
    CHECK(result.error().code == ErrorCode::too_large);
}

TEST_CASE("a codec goes on after a failure as if nothing had been") {
    Codec codec{bakery::modules()};
    const std::string_view good = R"({"order": "O-1", "lines": [{"net": "EUR 1.00"}]})";
    const auto before = codec.command_of_body("bakery.OrderBread", good);
    REQUIRE(before.ok());
    const auto bad = codec.command_of_body(
        "bakery.OrderBread", R"({"order": "O-1", "lines": [], "remarks": ["a", 3]})"
    );
    REQUIRE_FALSE(bad.ok());
    const auto after = codec.command_of_body("bakery.OrderBread", good);
    REQUIRE(after.ok());
    CHECK(before.value().payload == after.value().payload);
}
