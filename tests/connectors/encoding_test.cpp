// Encodings: each into UTF-8, and detection that refuses rather than guesses.
#include "connectors/files/encoding.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace daybook::files {
namespace {

std::string decoded(Encoding encoding, std::string_view text) {
    std::string out(text.size() * decoded_growth_max + 1, '\0');
    const Decoded answer = decode(encoding, text, out);
    out.resize(answer.written);
    return answer.is_invalid ? "invalid at " + std::to_string(answer.taken) : out;
}

Result<Encoding> detect(std::string text) {
    return detect_encoding(ByteSource::of(std::move(text), "t.csv"));
}

}  // namespace

TEST_CASE("the single-byte encodings become UTF-8") {
    CHECK(decoded(Encoding::iso_8859_1, "caf\xE9 \xA4") == "café ¤");
    CHECK(decoded(Encoding::iso_8859_15, "caf\xE9 \xA4 \xBD") == "café € œ");
    CHECK(decoded(Encoding::windows_1252, "\x80 \x93q\x94 \xE9") == "€ “q” é");
    CHECK(decoded(Encoding::windows_1252, "ab\x81") == "invalid at 2");
}

TEST_CASE("UTF-8 takes whole sequences and nothing else") {
    CHECK(decoded(Encoding::utf_8, "h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x93\x92") == "hé € 📒");
    CHECK(decoded(Encoding::utf_8, "ab\xE2\x82") == "ab");  // Unfinished: more may come.
    for (const char* bad :
         {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xC3("}) {
        CHECK(decoded(Encoding::utf_8, std::string{"ok"} + bad) == "invalid at 2");
    }
    CHECK(decoded(Encoding::utf_8, std::string_view{"12345678\0", 9}) == "invalid at 8");
}

TEST_CASE("an encoding is named only if there is one") {
    CHECK(detect("plain ascii").value() == Encoding::utf_8);
    CHECK(detect("caf\xC3\xA9").value() == Encoding::utf_8);
    CHECK(detect("caf\xE9").value() == Encoding::iso_8859_1);
    CHECK(detect("\x80 12").value() == Encoding::windows_1252);
    const auto unclear = detect("caf\xE9 12 \xA4");
    REQUIRE_FALSE(unclear);
    CHECK(
        unclear.error().message ==
        "the encoding of t.csv cannot be told: it is not UTF-8, and could be ISO 8859-1, "
        "ISO 8859-15 or Windows-1252; name it with a line like 'encoding windows-1252' in the "
        "mapping"
    );
    const auto wide = detect(
        "\xFF\xFE"
        "a"
    );
    REQUIRE_FALSE(wide);
    CHECK(
        wide.error().message ==
        "t.csv is in UTF-16, which is not read here; save it as CSV in UTF-8"
    );
    CHECK_FALSE(detect("\xC3\xA9 \x81"));
}

}  // namespace daybook::files
