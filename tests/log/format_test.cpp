// FORMAT.md's worked example, byte for byte.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <fstream>
#include <sstream>

#include "tests/log/disk.hpp"

using namespace daybook;
using tests::Disk;

namespace {

std::string line_of(std::span<const std::byte> bytes, std::size_t offset) {
    std::string hex;
    std::string text;
    for (std::size_t at = offset; at < offset + 16; ++at) {
        const int value = std::to_integer<int>(bytes[at]);
        hex += fmt::format("{}{:02x}", at % 8 == 0 ? "  " : " ", value);
        text += value >= 32 && value < 127 ? static_cast<char>(value) : '.';
    }
    return fmt::format("{:08x}{}  |{}|\n", offset, hex, text);
}

// Sixteen bytes a line; lines of zeros become one star.
std::string dump(std::span<const std::byte> bytes) {
    std::string text;
    bool is_skipping = false;
    for (std::size_t offset = 0; offset + 16 <= bytes.size(); offset += 16) {
        const auto line = bytes.subspan(offset, 16);
        const bool is_blank =
            std::all_of(line.begin(), line.end(), [](std::byte b) { return b == std::byte{0}; });
        if (!is_blank) text += line_of(bytes, offset);
        if (is_blank && !is_skipping) text += "*\n";
        is_skipping = is_blank;
    }
    return text;
}

std::string documented_example() {
    std::ifstream file(DAYBOOK_SOURCE_DIR "/engine/log/FORMAT.md");
    std::stringstream whole;
    whole << file.rdbuf();
    const std::string text = whole.str();
    const std::size_t begin = text.find("```\n", text.find("## Example")) + 4;
    return text.substr(begin, text.find("```", begin) - begin);
}

}  // namespace

TEST_CASE("the example in FORMAT.md is what the program writes") {
    Disk disk;
    const std::string_view payload = "hello";
    const auto code = [](std::string_view text) { return flatbuffers::Pack(id_from_code(text)); };
    const EventHeader header(
        0,
        flatbuffers::Pack(parse_instant("2026-03-31T10:15:00Z").value()),
        code("c-1"),
        code("anna"),
        code("D-1"),
        flatbuffers::Pack(Id{}),
        0x54534554,
        flatbuffers::Pack(Date::of(2026, 3, 31)),
        1,
        static_cast<std::uint32_t>(payload.size()),
        0,
        1,
        caused_by_command,
        1,
        1,
        0
    );
    std::array<std::uint64_t, 15> words{};
    auto* bytes = reinterpret_cast<std::byte*>(words.data());
    std::memcpy(bytes, &header, sizeof header);
    std::memcpy(bytes + sizeof header, payload.data(), payload.size());
    const EventBytes event(bytes, sizeof header + payload.size());
    const auto log = disk.open().value();
    REQUIRE(log->append(std::span{&event, 1}).ok());

    const std::string written = dump(disk.files.content("book/log/000000.segment"));
    if (written != documented_example()) MESSAGE("the program writes:\n", written);
    CHECK(written == documented_example());
}
