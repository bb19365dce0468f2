#include "engine/base/id.hpp"

#include <doctest/doctest.h>

using namespace daybook;

TEST_CASE("a code of up to sixteen characters is its own id") {
    CHECK(to_string(parse_id("411000").value()) == "411000");
    CHECK(to_string(parse_id("BANK CHARGES").value()) == "BANK CHARGES");
    CHECK(to_string(parse_id("INV-2026-000017x").value()) == "INV-2026-000017x");
    CHECK_FALSE(parse_id("411000").value().is_uuid());
    CHECK(id_from_code("411") < id_from_code("411000"));
    CHECK(id_from_code("70") < id_from_code("701"));
}

TEST_CASE("a UUID is an id of its own kind, never mistaken for a code") {
    const Id id = parse_id("0193e7a4-5b7c-7c3f-9a01-2b3c4d5e6f70").value();
    CHECK(id.is_uuid());
    CHECK(to_string(id) == "0193e7a4-5b7c-7c3f-9a01-2b3c4d5e6f70");
    CHECK(uuid_v7(1, 2, 3).is_uuid());
    CHECK(id_from_text("Acme Corporation of Springfield").is_uuid());
    CHECK(id_from_text("a") == id_from_text("a"));
    CHECK(id_from_text("a") != id_from_text("b"));
}

TEST_CASE("what is neither is refused") {
    for (const char* text :
         {"",
          " a",
          "a ",
          "seventeen letters",
          "caf\xC3\xA9",
          "a\tb",
          "0193e7a4-5b7c-7c3f-1a01-2b3c4d5e6f70",
          "0193e7a4x5b7c-7c3f-9a01-2b3c4d5e6f70",
          "g193e7a4-5b7c-7c3f-9a01-2b3c4d5e6f70"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_id(text).ok());
    }
}
