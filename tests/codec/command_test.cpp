// JSON commands into bytes and back: every kind of field, and the envelope.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/codec/codec.hpp"
#include "tests/codec/bakery_module.hpp"

using namespace daybook;

namespace {

Codec bakery_codec() {
    return Codec{bakery::modules()};
}

const bakery::OrderBread* order_in(const CommandMessage& message) {
    const auto view = message.module->verify_command(message.payload);
    REQUIRE(view.has_value());
    REQUIRE(view->type == static_cast<std::uint8_t>(bakery::Command::OrderBread));
    return static_cast<const bakery::OrderBread*>(view->body);
}

constexpr std::string_view full_body =
    R"({"order": "O-1", "customer": "C-17850", "due": "2026-03-31", "limit": "EUR 100.00", )"
    R"("lines": [{"item": "BREAD", "quantity": "3.000", "price": "EUR 2.555", )"
    R"("net": "EUR 7.67", "due": "2026-04-01", "discount": "5.5%", "crust": "burnt", )"
    R"("base": {"flour": "T55", "weight": "0.500", "minutes": 40}, "tags": ["A", "B"]}], )"
    R"("notes": [{"author": "anna", "text": "say \"hi\"\n", )"
    R"("replies": [{"author": "bob", "text": "é"}]}], )"
    R"("main_note": {"author": "bob", "text": ""}, )"
    R"("remarks": ["one", "two"], "colours": ["soft", "crisp"], "numbers": [-3, 0, 9], )"
    R"("payment": {"type": "Cash", "value": {"drawer": -2}}, "crust": "soft", )"
    R"("contains": ["gluten", "nuts"], "is_urgent": true, "table_number": 65535, )"
    R"("tip_minor": 0, "huge": 18446744073709551615, "small": -128, "rate": "1.0825", )"
    R"("currency": "EUR", "recorded": "2026-03-31T10:15:00Z", )"
    R"("names": ["X", "01890a5d-ac96-774b-bcce-b302099a8057"], )"
    R"("base": {"weight": "0.000", "minutes": 0}})";

}  // namespace

TEST_CASE("every kind of field is read, and written again in the same form") {
    Codec codec = bakery_codec();
    const auto message = codec.command_of_body("bakery.OrderBread", full_body);
    REQUIRE_MESSAGE(message.ok(), message.error().message);
    const bakery::OrderBread* order = order_in(message.value());
    CHECK(flatbuffers::UnPack(*order->order()) == id_from_code("O-1"));
    CHECK(flatbuffers::UnPack(*order->limit()) == Money::from_minor(10'000, Currency::eur));
    REQUIRE(order->lines()->size() == 1);
    const bakery::OrderLine& line = *order->lines()->Get(0);
    CHECK(flatbuffers::UnPack(line.price()) == UnitPrice::from_micro(2'555'000, Currency::eur));
    CHECK(flatbuffers::UnPack(line.discount()) == Rate::from_ppm(55'000));
    CHECK(line.crust() == bakery::Crust::burnt);
    CHECK(line.base().minutes() == 40);
    CHECK(flatbuffers::UnPack(*line.tags()->Get(1)) == id_from_code("B"));
    CHECK(order->notes()->Get(0)->replies()->Get(0)->text()->str() == "é");
    CHECK(order->payment_as_Cash()->drawer() == -2);
    CHECK(order->contains() == (bakery::Allergens::gluten | bakery::Allergens::nuts));
    CHECK(order->tip_minor() == 0);
    CHECK(order->huge() == 18'446'744'073'709'551'615ULL);
    CHECK(order->small() == -128);

    std::string out;
    REQUIRE(codec.append_command(message.value(), out).ok());
    CHECK(out == R"({"command": "bakery.OrderBread", "body": )" + std::string{full_body} + "}");
}

TEST_CASE("the bytes are those of flatc's own code, whatever the order of the keys") {
    Codec codec = bakery_codec();
    const auto message = codec.command_of_body("bakery.OrderBread", full_body);
    REQUIRE(message.ok());
    const auto* record =
        flatbuffers::GetRoot<bakery::CommandRecord>(message.value().payload.data());
    bakery::CommandRecordT unpacked;
    record->UnPackTo(&unpacked);
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(bakery::CommandRecord::Pack(builder, &unpacked));
    const std::span packed{
        reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()};
    CHECK(std::ranges::equal(packed, message.value().payload));

    const auto ordered = codec.command_of_body(
        "bakery.OrderBread", R"({"order": "O-1", "lines": [], "remarks": ["x"], "is_urgent": true})"
    );
    const auto shuffled = codec.command_of_body(
        "bakery.OrderBread",
        R"({ "is_urgent" : true, "remarks": ["x"] , "lines": [], "order" : "O\u002D1", )"
        R"("crust": null})"
    );
    REQUIRE(ordered.ok());
    REQUIRE(shuffled.ok());
    CHECK(ordered.value().payload == shuffled.value().payload);
}

TEST_CASE("absent days are none, and empty values are left out") {
    Codec codec = bakery_codec();
    const auto message = codec.command_of_body(
        "bakery.OrderBread",
        R"({"order": "O-1", "lines": [{}], "customer": "", "due": "", "notes": [], "remarks": [],)"
        R"( "crust": "crisp", "is_urgent": false, "contains": []})"
    );
    REQUIRE_MESSAGE(message.ok(), message.error().message);
    const bakery::OrderBread* order = order_in(message.value());
    CHECK(flatbuffers::UnPack(order->lines()->Get(0)->due()).is_none());
    CHECK(order->notes() == nullptr);
    CHECK(order->tip_minor() == flatbuffers::nullopt);
    std::string out;
    REQUIRE(codec.append_command(message.value(), out).ok());
    CHECK(
        out == R"({"command": "bakery.OrderBread", "body": {"order": "O-1", "lines": [)"
               R"({"quantity": "0.000", "discount": "0%", "crust": "soft", )"
               R"("tags": []}]}})"
    );
}

TEST_CASE("a whole command carries its envelope") {
    Codec codec = bakery_codec();
    const auto message =
        codec.command(R"({"id": "c-1", "actor": "anna", "expected_version": 2, "trace": "t", )"
                      R"("command": "bakery.CloseShop", "body": {"reason": "holiday"}})");
    REQUIRE_MESSAGE(message.ok(), message.error().message);
    CHECK(message.value().id == id_from_code("c-1"));
    CHECK(message.value().actor == id_from_code("anna"));
    CHECK(message.value().trace == id_from_code("t"));
    CHECK(message.value().expected_version == 2U);
    CHECK(message.value().module == bakery::modules().data());
    std::string out;
    REQUIRE(codec.append_command(message.value(), out).ok());
    CHECK(
        out == R"({"command": "bakery.CloseShop", "id": "c-1", "actor": "anna", "trace": "t", )"
               R"("expected_version": 2, "body": {"reason": "holiday"}})"
    );
}

TEST_CASE("defaults fill what the envelope leaves out, and long ids are kept as their UUID") {
    Codec codec = bakery_codec();
    const CommandDefaults defaults{.id = id_from_code("made"), .actor = id_from_code("importer")};
    const auto bare =
        codec.command(R"({"command": "bakery.CloseShop", "body": {"reason": "x"}})", defaults);
    REQUIRE(bare.ok());
    CHECK(bare.value().id == defaults.id);
    CHECK(bare.value().actor == defaults.actor);
    CHECK_FALSE(bare.value().expected_version.has_value());
    const auto named = codec.command(
        R"({"id": "row 17 of the file of 31 March", "command": "bakery.CloseShop",)"
        R"( "body": {"reason": "x"}})",
        defaults
    );
    REQUIRE(named.ok());
    CHECK(named.value().id == id_from_text("row 17 of the file of 31 March"));
}

TEST_CASE("texts stand for integers and booleans where that is asked for") {
    Codec codec{bakery::modules(), {.accepts_texts_for_numbers = true}};
    const auto message = codec.command_of_body(
        "bakery.OrderBread",
        R"({"order": "O-1", "lines": [], "table_number": "7", "is_urgent": "true", "huge": 5})"
    );
    REQUIRE_MESSAGE(message.ok(), message.error().message);
    CHECK(order_in(message.value())->table_number() == 7);
    CHECK(order_in(message.value())->is_urgent());
    const auto wrong = codec.command_of_body(
        "bakery.OrderBread", R"({"order": "O-1", "lines": [], "table_number": "7.5"})"
    );
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message == "table_number: \"7.5\" has more than 0 decimals");
}

TEST_CASE("a quote or a backslash in a code is escaped") {
    Codec codec = bakery_codec();
    const std::string_view body = R"({"order": "\"e\\", "lines": [{"item": "\"}"}]})";
    const auto message = codec.command_of_body("bakery.OrderBread", body);
    REQUIRE(message.ok());
    std::string out;
    REQUIRE(codec.append_command(message.value(), out).ok());
    const auto again = codec.command(out);
    REQUIRE_MESSAGE(again.ok(), again.error().message, out);
    CHECK(again.value().payload == message.value().payload);
}

TEST_CASE("a command describes its fields") {
    const Codec codec = bakery_codec();
    const auto found = codec.describe_command("bakery.OrderBread");
    REQUIRE(found.ok());
    const RecordDescription& order = *found.value();
    CHECK(order.full_name() == "bakery.OrderBread");
    CHECK(order.fields[0].name == "order");
    CHECK(order.fields[0].type == "id");
    CHECK(order.fields[0].is_required);
    CHECK(order.fields[0].is_document);
    CHECK(order.fields[1].is_personal);
    CHECK(order.fields[2].is_effective);
    CHECK(order.fields[4].type == "list of OrderLine");
    CHECK(order.fields[4].fields[2].example == "\"EUR 2.555\"");
    CHECK(order.fields[10].type == "one of Payment, with its value");
    CHECK(order.fields[10].choices == std::vector<std::string>{"Card", "Cash"});
    CHECK(codec.commands().size() == 2);
    CHECK(codec.events().size() == 2);
    CHECK(codec.refusal_name("bakery", 1) == "oven_is_cold");
    CHECK(codec.refusal_name("bakery", 9).empty());
    CHECK(codec.refusal_name("butcher", 1).empty());
}
